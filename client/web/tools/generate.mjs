// SPDX-License-Identifier: Apache-2.0
// Writes gen/: the API's messages and services from proto/, by protoc and protoc-gen-es, and the
// texts of `firmbench explain` and of proof bundles. None is committed. $PROTOC names another protoc
// than the PATH's.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleModule } from './bundle.mjs';
import { titlesModule, topicsModule } from './explain.mjs';

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(dirname(web));
const gen = join(web, 'gen');

function generateProto() {
  const folder = join(root, 'proto', 'firmbench', 'v1');
  const files = readdirSync(folder).filter((name) => name.endsWith('.proto'));
  execFileSync(process.env.PROTOC ?? 'protoc', [
    `--plugin=protoc-gen-es=${join(web, 'node_modules', '.bin', 'protoc-gen-es')}`,
    `--proto_path=${join(root, 'proto')}`,
    `--es_out=${gen}`,
    '--es_opt=target=ts',
    ...files.map((name) => join(folder, name)),
  ], { stdio: 'inherit' });
}

function generateExplain() {
  const folder = join(root, 'client', 'cli', 'explain');
  const sources = ['questions.cc', 'words.cc'].map((name) => readFileSync(join(folder, name), 'utf8'));
  writeFileSync(join(gen, 'explain.ts'), topicsModule(sources));
  writeFileSync(join(gen, 'titles.ts'), titlesModule(sources));
}

function generateBundle() {
  const source = readFileSync(join(root, 'client', 'cli', 'audit_bundle_texts.h'), 'utf8');
  writeFileSync(join(gen, 'bundle.ts'), bundleModule(source));
}

rmSync(gen, { recursive: true, force: true });
mkdirSync(gen, { recursive: true });
generateProto();
generateExplain();
generateBundle();
