// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/fault_vfs.h"

#include <cstring>
#include <new>

namespace firmbench::storage {
namespace {

struct File {
  sqlite3_file base;  // SQLite sees this
  FaultVfs* faults;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
File* Of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* Real(sqlite3_file* file) { return Of(file)->real(); }

sqlite3_vfs* RealVfs(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int Write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
  if (const int code = Of(file)->faults->write_code; code != SQLITE_OK) return code;
  return Real(file)->pMethods->xWrite(Real(file), data, size, at);
}

int Sync(sqlite3_file* file, int flags) {
  const int real = Real(file)->pMethods->xSync(Real(file), flags);
  FaultVfs& faults = *Of(file)->faults;
  const int left = faults.syncs_to_fail;
  if (left == 0) return real;
  if (left > 0) --faults.syncs_to_fail;
  if (faults.dies_with_sync) faults.write_code = SQLITE_IOERR_WRITE;
  return faults.sync_code;
}

const sqlite3_io_methods kMethods = {
    2,  // no memory mapping: every write is seen
    [](sqlite3_file* f) { return Real(f)->pMethods->xClose(Real(f)); },
    [](sqlite3_file* f, void* data, int size, sqlite3_int64 at) {
      return Real(f)->pMethods->xRead(Real(f), data, size, at);
    },
    Write,
    [](sqlite3_file* f, sqlite3_int64 size) { return Real(f)->pMethods->xTruncate(Real(f), size); },
    Sync,
    [](sqlite3_file* f, sqlite3_int64* size) {
      return Real(f)->pMethods->xFileSize(Real(f), size);
    },
    [](sqlite3_file* f, int lock) { return Real(f)->pMethods->xLock(Real(f), lock); },
    [](sqlite3_file* f, int lock) { return Real(f)->pMethods->xUnlock(Real(f), lock); },
    [](sqlite3_file* f, int* out) { return Real(f)->pMethods->xCheckReservedLock(Real(f), out); },
    [](sqlite3_file* f, int op, void* arg) {
      return Real(f)->pMethods->xFileControl(Real(f), op, arg);
    },
    [](sqlite3_file* f) { return Real(f)->pMethods->xSectorSize(Real(f)); },
    [](sqlite3_file* f) { return Real(f)->pMethods->xDeviceCharacteristics(Real(f)); },
    [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
      return Real(f)->pMethods->xShmMap(Real(f), page, size, extend, out);
    },
    [](sqlite3_file* f, int offset, int n, int flags) {
      return Real(f)->pMethods->xShmLock(Real(f), offset, n, flags);
    },
    [](sqlite3_file* f) { Real(f)->pMethods->xShmBarrier(Real(f)); },
    [](sqlite3_file* f, int remove) { return Real(f)->pMethods->xShmUnmap(Real(f), remove); },
    nullptr,
    nullptr,
};

FaultVfs* g_faults = nullptr;  // of the one object that lives; set before SQLite opens anything

int OpenFile(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* const opened = new (file) File{{nullptr}, g_faults};
  if (opened->faults->read_only && (flags & SQLITE_OPEN_MAIN_DB) != 0) {
    flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
  }
  const int code = RealVfs(vfs)->xOpen(RealVfs(vfs), name, opened->real(), flags, out_flags);
  if (opened->real()->pMethods != nullptr) opened->base.pMethods = &kMethods;
  return code;
}

}  // namespace

FaultVfs::FaultVfs() : name_("firmbench-fault") {
  sqlite3_vfs* const real = sqlite3_vfs_find(nullptr);
  vfs_ = *real;
  vfs_.pNext = nullptr;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = real;
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + real->szOsFile;
  vfs_.xOpen = OpenFile;
  vfs_.xDelete = [](sqlite3_vfs* v, const char* name, int sync) {
    return RealVfs(v)->xDelete(RealVfs(v), name, sync);
  };
  vfs_.xAccess = [](sqlite3_vfs* v, const char* name, int flags, int* out) {
    return RealVfs(v)->xAccess(RealVfs(v), name, flags, out);
  };
  vfs_.xFullPathname = [](sqlite3_vfs* v, const char* name, int size, char* out) {
    return RealVfs(v)->xFullPathname(RealVfs(v), name, size, out);
  };
  g_faults = this;
  sqlite3_vfs_register(&vfs_, 1);
}

FaultVfs::~FaultVfs() {
  auto* const real = static_cast<sqlite3_vfs*>(vfs_.pAppData);
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_vfs_register(real, 1);
  g_faults = nullptr;
}

}  // namespace firmbench::storage
