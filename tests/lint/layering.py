# SPDX-License-Identifier: Apache-2.0
"""Who may include whom: the #include lines of the product against the table of layers."""

import re

from tree import main

# A folder, and the folders it may include besides itself and daemon/base. A folder that is not
# named here belongs to the nearest one above it.
ALLOWED = {
    "daemon/base": set(),
    "daemon/scsi": set(),
    "daemon/ata": set(),
    "daemon/chips/rows": set(),
    "daemon/chips": {"daemon/chips/rows"},
    "daemon/images": set(),
    "daemon/config": set(),
    "daemon/web": set(),
    "daemon/families": {"daemon/scsi", "daemon/ata", "daemon/chips", "daemon/chips/rows",
                        "daemon/images"},
    "daemon/transport": {"daemon/scsi", "daemon/ata"},
    # Data only: chip tests must not agree with themselves.
    "daemon/simulator": {"daemon/scsi", "daemon/ata", "daemon/chips/rows"},
    # A personality speaks the same contracts as the simulator it plugs into.
    "daemon/families/*/sim": {"daemon/simulator", "daemon/scsi", "daemon/ata", "daemon/chips/rows"},
    # Attachments hand out transports and task files, identities and connections.
    "daemon/inventory": {"daemon/families", "storage", "storage/audit", "daemon/scsi",
                         "daemon/ata"},
    # The gate is built of the families' rules over the two command contracts.
    "daemon/jobs": {"daemon/inventory", "daemon/families", "daemon/images", "storage",
                    "storage/audit", "daemon/scsi", "daemon/ata"},
    "daemon/rpc": {"daemon/jobs", "daemon/inventory", "daemon/families", "storage",
                   "storage/audit", "proto"},
    "storage": {"storage/audit"},
    # Texts, tree and signatures of the audit log; entries are made of the ledger's records.
    "storage/audit": {"storage"},
    # A client checks the bench by the tree itself.
    "client": {"proto", "storage/audit"},
    "proto": set(),
}
# The composition root: main.cc and what it is split into, directly in daemon/.
ROOT_FILE = re.compile(r"daemon/[^/]+$")
INCLUDE = re.compile(r'\s*#\s*include\s*"([^"]+)"')
SYSTEM = re.compile(r"\s*#\s*include\s*<([^>]+)>")
# Libraries that stay behind one layer. The composition root may use all of them.
LIBRARIES = {
    re.compile(r"google/protobuf/"): {"daemon/rpc", "client"},
    re.compile(r"grpc"): {"daemon/rpc", "daemon/web", "client"},
    re.compile(r"boost/"): {"daemon/web"},
    re.compile(r"sqlite3\.h|zstd\.h"): {"storage"},
    re.compile(r"scsi/sg\.h|linux/cdrom\.h"): {"daemon/transport"},
    re.compile(r"CLI/"): {"client"},
    re.compile(r"qrencode\.h"): {"client"},
}


def layer_of(path):
    if path.startswith("firmbench/v1/"):  # generated from proto/
        return "proto"
    if re.match(r"daemon/families/[^/]+/sim/", path):
        return "daemon/families/*/sim"
    folder = path.rpartition("/")[0]
    while folder and folder not in ALLOWED:
        folder = folder.rpartition("/")[0]
    return folder or None


def lint(tree):
    found = []
    for path in tree.paths(".h", ".cc"):
        if not path.startswith(("daemon/", "storage/", "client/")) or ROOT_FILE.match(path):
            continue
        layer = layer_of(path)
        if layer is None:
            found.append(f"{path}:1: is in no layer; name its folder in tests/lint/layering.py")
            continue
        for number, line in tree.lines(path):
            if match := SYSTEM.match(line):
                found += [f"{path}:{number}: {layer} may not use <{match.group(1)}>"
                          for pattern, users in LIBRARIES.items()
                          if pattern.match(match.group(1)) and layer not in users]
            match = INCLUDE.match(line)
            if not match:
                continue
            included = match.group(1)
            if "/" not in included or included.startswith("../"):
                found.append(f"{path}:{number}: include \"{included}\" by its full path from the "
                             "root")
                continue
            if ROOT_FILE.match(included):
                found.append(f"{path}:{number}: only the composition root may include {included}")
                continue
            target = layer_of(included)
            if target is None:
                found.append(f"{path}:{number}: {included} is in no layer")
            elif target not in ALLOWED[layer] | {layer, "daemon/base"}:
                found.append(f"{path}:{number}: {layer} may not include {target} ({included})")
    return found


def sample(path, included):
    return {path: f'#pragma once\n#include "{included}"\n'}


GOOD = {
    "down": sample("daemon/jobs/engine.h", "daemon/families/family.h"),
    "base": sample("storage/storage.h", "daemon/base/result.h"),
    "itself": sample("daemon/scsi/a.cc", "daemon/scsi/cdb.h"),
    "rows": sample("daemon/simulator/chip.cc", "daemon/chips/rows/row.h"),
    "sim": sample("daemon/families/mediatek_liteon/sim/core.cc", "daemon/simulator/drive.h"),
    "root": sample("daemon/main.cc", "daemon/simulator/drive.h"),
    "proto": sample("client/cli/main.cc", "firmbench/v1/job.pb.h"),
    "tree": sample("client/cli/main.cc", "storage/audit/merkle.h"),
    "grpc": {"daemon/rpc/a.cc": "#include <grpcpp/grpcpp.h>\n"},
    "web": {"daemon/web/a.cc": "#include <grpcpp/channel.h>\n#include <boost/asio/post.hpp>\n"},
}
BAD = {
    "storage knows jobs": sample("storage/sqlite/a.cc", "daemon/jobs/engine.h"),
    "simulator knows algorithms": sample("daemon/simulator/chip.cc", "daemon/chips/program.h"),
    "simulator knows families": sample("daemon/simulator/a.cc", "daemon/families/family.h"),
    "sim knows algorithms": sample("daemon/families/x/sim/a.cc", "daemon/chips/program.h"),
    "family knows sim": sample("daemon/families/x/family.cc", "daemon/families/x/sim/a.h"),
    "family knows transport": sample("daemon/families/x/a.cc", "daemon/transport/sg/sg.h"),
    "client knows daemon": sample("client/cli/a.cc", "daemon/jobs/engine.h"),
    "client knows the ledger": sample("client/cli/a.cc", "storage/storage.h"),
    "jobs know proto": sample("daemon/jobs/a.cc", "firmbench/v1/job.pb.h"),
    "jobs know grpc": {"daemon/jobs/a.cc": "#include <grpcpp/grpcpp.h>\n"},
    "web knows the messages": {"daemon/web/a.cc": "#include <google/protobuf/message.h>\n"},
    "web knows rpc": sample("daemon/web/a.cc", "daemon/rpc/access.h"),
    "rpc knows boost": {"daemon/rpc/a.cc": "#include <boost/asio/post.hpp>\n"},
    "jobs know sqlite": {"daemon/jobs/a.cc": "#include <sqlite3.h>\n"},
    "anybody knows the root": sample("daemon/rpc/a.cc", "daemon/compose.h"),
    "relative": sample("daemon/rpc/a.cc", "../jobs/engine.h"),
    "new folder": sample("daemon/surprise/a.cc", "daemon/base/result.h"),
}

if __name__ == "__main__":
    main(lint, GOOD, BAD)
