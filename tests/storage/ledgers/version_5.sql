-- SPDX-License-Identifier: Apache-2.0
-- The rows of a ledger as the fifth schema kept them: a token, an invitation that waits, one that was
-- used, the certificate made from it, their audit entries. A test puts them into the schema of 0001
-- to 0005 and opens it. Never edited.
INSERT INTO migrations VALUES(1,'0001_initial.sql','0f311fca6a320df79053c6d75a62d44af9708a87705f0da638f551bcdea2538c',1795420864395858);
INSERT INTO migrations VALUES(2,'0002_recovery.sql','01d78b819dbebb04606f30dcba65c7eec898329cea461fb57e99aae1724c531b',1795420864414757);
INSERT INTO migrations VALUES(3,'0003_identity.sql','ea80b0ae4c87b5bcfbdc65ab258cb9e3a001ee5ee95f74aa1055386de4f40773',1795420864431969);
INSERT INTO migrations VALUES(4,'0004_access.sql','d273f68a8789feb45bfefae3be02234b08825d71777b27adddf8d4dce5e7d2db',1795420864441247);
INSERT INTO migrations VALUES(5,'0005_traces.sql','1ce4493534a6ae888eb7bd87af2608a608d86cdd9749f580fbb72926d3f300ad',1795420864444123);
INSERT INTO bench VALUES('bench_id','01m83prfy84tta006m80metb4t');
INSERT INTO bench VALUES('commits','7');
INSERT INTO audit_entries VALUES(0,1795420864499948,'{"action":"audit.key","bench":"01m83prfy84tta006m80metb4t","clock":"not synchronised","details":{"key_hash":"6b99c0c1","public_key":"116316eadb141c6b2ca7eb2c94420a9e23083ba68dfa7b922188e808ef164eb0","reason":"the bench''s first key"},"outcome":"ok","principal":"firmbenchd","resource":"benches/01m83prfy84tta006m80metb4t","sequence":0,"time":"2026-11-23T08:01:04.499948Z"}',X'5BEE09083A6B776DFE1969F9004D34D610A721D33688CCBB7EEFABC7AB7232F1','firmbenchd','audit.key','benches/01m83prfy84tta006m80metb4t','ok');
INSERT INTO audit_entries VALUES(1,1795420864629272,'{"action":"access.token_create","bench":"01m83prfy84tta006m80metb4t","clock":"not synchronised","details":{"kind":"token","of":"root","role":"viewer"},"outcome":"ok","principal":"root","resource":"credentials/01m83prg3n75gc2pjwmw9fjwz0","sequence":1,"time":"2026-11-23T08:01:04.629272Z"}',X'EA3AC84315FAA73A4FF3BA52B5B9D2F1E6C9F4C08269B95876968B06F43AE7EC','root','access.token_create','credentials/01m83prg3n75gc2pjwmw9fjwz0','ok');
INSERT INTO audit_entries VALUES(2,1795420864677569,'{"action":"access.invite","bench":"01m83prfy84tta006m80metb4t","clock":"not synchronised","details":{"kind":"invitation","of":"alice","role":"technician"},"outcome":"ok","principal":"root","resource":"credentials/01m83prg55931frp403rc4rvkd","sequence":2,"time":"2026-11-23T08:01:04.677569Z"}',X'06BD9A40ED5E9CA6DB2AA6A34B68E660D4B5A7F4F544D7941AD8654B4BFF6C67','root','access.invite','credentials/01m83prg55931frp403rc4rvkd','ok');
INSERT INTO audit_entries VALUES(3,1795420864741947,'{"action":"access.invite","bench":"01m83prfy84tta006m80metb4t","clock":"not synchronised","details":{"kind":"invitation","of":"bob","role":"viewer"},"outcome":"ok","principal":"root","resource":"credentials/01m83prg75xx5bmrbhm408jzzx","sequence":3,"time":"2026-11-23T08:01:04.741947Z"}',X'008B150C253F0A953D5DFAF5AEFCACE2E8354D79D5BCAA0928761E5ED1AD9FEA','root','access.invite','credentials/01m83prg75xx5bmrbhm408jzzx','ok');
INSERT INTO audit_entries VALUES(4,1795420864857202,'{"action":"access.enroll","bench":"01m83prfy84tta006m80metb4t","clock":"not synchronised","details":{"kind":"certificate","of":"alice","role":"technician"},"outcome":"ok","principal":"alice","resource":"credentials/01m83prgasb7k52vch4gf9mjca","sequence":4,"time":"2026-11-23T08:01:04.857202Z"}',X'797C8D9CB0AE246CD7929181C8750B76CB171A73D714341D2A5D569431358957','alice','access.enroll','credentials/01m83prgasb7k52vch4gf9mjca','ok');
INSERT INTO audit_nodes VALUES(1,0,X'4D88672BFD4810506DDF64F819D4AC4E34D59692BB1B7AC6C5E10455A757EF17');
INSERT INTO audit_nodes VALUES(1,1,X'5E438437ED249D8C969E30CF6496C9A3FBDF993A0BA8AC66AE1CB0B7C5D4A6A7');
INSERT INTO audit_nodes VALUES(2,0,X'FC351A38F536FCD1DB03017D88D259268E324E1CDFB0843EA3015EB804A71609');
INSERT INTO checkpoints VALUES(1,1,'5bee09083a6b776dfe1969f9004d34d610a721d33688ccbb7eefabc7ab7232f1','firmbench/01m83prfy84tta006m80metb4t
1
W+4JCDprd23+GWn5AE001hCnIdM2iMy7fu+rx6tyMvE=

— firmbench/01m83prfy84tta006m80metb4t a5nAwTaAhdlYhm0QBlOMS7HGWSag1/xtqKlC2B97aqpJuVBUjn7lYZ9bgquxqwZUQQST9FrmcR7wajbPtcnLws6BKQI=
',1795420864505810,X'DA69C98588D5A644027CD2764ED88DD0EA1B7C759C2351FA284D9C901A658C96');
INSERT INTO checkpoints VALUES(2,5,'e8b17e540a2fb51227265f2a9fce22226d9db0ed189fd50f2c68fd780aafd795','firmbench/01m83prfy84tta006m80metb4t
5
6LF+VAovtRInJl8qn84iIm2dsO0Yn9UPLGj9eAqv15U=

— firmbench/01m83prfy84tta006m80metb4t a5nAwYvhsGCU/ak10paMltKx3JDsA0/p8tcVs9m7nvYG2MtI40QI9bX84gIx96Av49j74Z5KjbcgeekW2av3uIsPmQI=
',1795420864981170,X'698D427A134D5084DEC7549019F98B1C695865E275D4D489E8A06EC76DFA5BB9');
INSERT INTO credentials VALUES(1,'01m83prg3n75gc2pjwmw9fjwz0','token','root','viewer','0b57ecf8be60f917f9e4de264ef8071c0c0821fc43df51d804daa6cac55715ea','nightly','root',1795420864629272,1798012864629034,NULL,0,'','',X'A9B4DE524C5E5DF2A1130BC6964012FE3D271DE3B296BEDE00E147FEB8C2F8A1');
INSERT INTO credentials VALUES(2,'01m83prg55931frp403rc4rvkd','invitation','alice','technician','c1c52516835c7a58115f77d2a98ef8147d7ab99ecb015ea30d9d8a2899742020','','root',1795420864677569,1795421764677480,NULL,1795420864857202,'alice','used',X'FF2E7A55247B88FE22AFE0CDBC96292AEB5C8581154B06E9F051F1C9C5F8184F');
INSERT INTO credentials VALUES(3,'01m83prg75xx5bmrbhm408jzzx','invitation','bob','viewer','f11bdd8c431ea2be764ac9e5c738b5faa7226e88506a51c7caff4842878297e7','','root',1795420864741947,1795421764741789,NULL,0,'','',X'E69C843ADE776FA982C76095CA6CD3D55C69EE51AB53C46A6D74DE5CCED95262');
INSERT INTO credentials VALUES(4,'01m83prgasb7k52vch4gf9mjca','certificate','alice','technician','5d4067c2117225bb0e66ab7ecbe576dd1b6b2250111d3334ea7a45c1a918b144','','root',1795420864857202,1826956864000000,'01m83prg55931frp403rc4rvkd',0,'','',X'01BC5865F42ACD99C20E2E5DFD8676190EBC34121CD57FC02F99AD46BB5109AA');
PRAGMA application_id = 1178750023;
PRAGMA user_version=5;
