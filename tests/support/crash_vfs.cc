// SPDX-License-Identifier: Apache-2.0
#include "tests/support/crash_vfs.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cstring>
#include <limits>
#include <mutex>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/base/mutex.h"

namespace firmbench::test {
namespace {

constexpr std::string_view kRoot = "/firmbench-crash-disk/";
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

struct File;

// What the connections to one database share: its lock and the index of its write-ahead log, both
// of which end with the process.
struct Shared {
  int readers = 0;
  const File* writer = nullptr;  // RESERVED and above
  bool pending = false;          // the writer lets no new reader in

  int index_users = 0;
  std::vector<std::unique_ptr<std::vector<uint8_t>>> index;
  struct Slot {
    int readers = 0;
    const File* writer = nullptr;
  };
  std::array<Slot, SQLITE_SHM_NLOCK> slots;
};

}  // namespace

struct CrashDisk::State {
  std::string prefix;
  Mutex mutex;
  CrashFiles files FB_GUARDED_BY(mutex);
  std::map<std::string, Shared> shared FB_GUARDED_BY(mutex);
  int open_files FB_GUARDED_BY(mutex) = 0;
  int64_t operations FB_GUARDED_BY(mutex) = 0;
  int64_t fail_from FB_GUARDED_BY(mutex) = kNever;
  int fail_code FB_GUARDED_BY(mutex) = SQLITE_OK;
  int64_t capacity FB_GUARDED_BY(mutex) = kNever;
  std::shared_ptr<const std::function<void(int64_t)>> observer FB_GUARDED_BY(mutex);
};

namespace {

using State = CrashDisk::State;

struct File {
  sqlite3_file base;  // SQLite sees this
  std::shared_ptr<State> disk;
  std::string name;
  CrashFiles::NodePtr node;
  bool delete_on_close = false;
  int level = SQLITE_LOCK_NONE;
  bool uses_index = false;
  unsigned slots_read = 0;  // masks
  unsigned slots_written = 0;
};
File& Of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }

// Disks by number.
Mutex g_disks_mutex;
std::map<uint64_t, std::weak_ptr<State>>& Disks() {
  static auto* const disks = new std::map<uint64_t, std::weak_ptr<State>>;
  return *disks;
}

std::shared_ptr<State> DiskOf(const char* name) {
  if (name == nullptr) return nullptr;
  std::string_view path(name);
  if (!path.starts_with(kRoot)) return nullptr;
  path.remove_prefix(kRoot.size());
  uint64_t number = 0;
  std::from_chars(path.data(), path.data() + path.size(), number);
  MutexLock lock(g_disks_mutex);
  const auto found = Disks().find(number);
  return found == Disks().end() ? nullptr : found->second.lock();
}

// Counts an operation and lets the observer look before it happens.
int64_t Begin(State& disk) {
  std::shared_ptr<const std::function<void(int64_t)>> observer;
  int64_t number = 0;
  {
    MutexLock lock(disk.mutex);
    number = disk.operations++;
    observer = disk.observer;
  }
  if (observer) (*observer)(number);
  return number;
}

int FaultOf(State& disk, int64_t operation) FB_REQUIRES(disk.mutex) {
  return operation >= disk.fail_from ? disk.fail_code : SQLITE_OK;
}

int Read(sqlite3_file* file, void* out, int size, sqlite3_int64 at) {
  File& f = Of(file);
  MutexLock lock(f.disk->mutex);
  return f.node->live.Read(at, static_cast<uint8_t*>(out), static_cast<size_t>(size))
             ? SQLITE_OK
             : SQLITE_IOERR_SHORT_READ;
}

int Write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
  File& f = Of(file);
  const int64_t operation = Begin(*f.disk);
  MutexLock lock(f.disk->mutex);
  if (const int fault = FaultOf(*f.disk, operation); fault != SQLITE_OK) return fault;
  const int64_t growth = at + size - f.node->live.size();
  if (growth > 0 && f.disk->files.TotalBytes() + growth > f.disk->capacity) return SQLITE_FULL;
  f.disk->files.Write(*f.node, at, {static_cast<const uint8_t*>(data), static_cast<size_t>(size)});
  return SQLITE_OK;
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  File& f = Of(file);
  const int64_t operation = Begin(*f.disk);
  MutexLock lock(f.disk->mutex);
  if (const int fault = FaultOf(*f.disk, operation); fault != SQLITE_OK) return fault;
  f.disk->files.Truncate(*f.node, size);
  return SQLITE_OK;
}

int Sync(sqlite3_file* file, int) {
  File& f = Of(file);
  const int64_t operation = Begin(*f.disk);
  MutexLock lock(f.disk->mutex);
  const int fault = FaultOf(*f.disk, operation);
  if (fault != SQLITE_OK && fault != SQLITE_FULL) return fault;
  f.disk->files.Sync(f.name, f.node);
  return SQLITE_OK;
}

int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  File& f = Of(file);
  MutexLock lock(f.disk->mutex);
  *size = f.node->live.size();
  return SQLITE_OK;
}

// The five states of SQLite's locks (lockingv3.html), for one process.
int Lock(sqlite3_file* file, int level) {
  File& f = Of(file);
  if (f.level >= level) return SQLITE_OK;
  MutexLock lock(f.disk->mutex);
  Shared& shared = f.disk->shared[f.name];
  if (f.level == SQLITE_LOCK_NONE) {
    if (shared.pending) return SQLITE_BUSY;
    ++shared.readers;
    f.level = SQLITE_LOCK_SHARED;
  }
  if (level == SQLITE_LOCK_SHARED) return SQLITE_OK;
  if (shared.writer != nullptr && shared.writer != &f) return SQLITE_BUSY;
  shared.writer = &f;
  f.level = std::max(f.level, SQLITE_LOCK_RESERVED);
  if (level == SQLITE_LOCK_RESERVED) return SQLITE_OK;
  shared.pending = true;
  f.level = SQLITE_LOCK_PENDING;
  if (shared.readers > 1) return SQLITE_BUSY;
  f.level = level;
  return SQLITE_OK;
}

int Unlock(sqlite3_file* file, int level) {
  File& f = Of(file);
  if (f.level <= level) return SQLITE_OK;
  MutexLock lock(f.disk->mutex);
  Shared& shared = f.disk->shared[f.name];
  if (shared.writer == &f) {
    shared.writer = nullptr;
    shared.pending = false;
  }
  f.level = SQLITE_LOCK_SHARED;
  if (level == SQLITE_LOCK_NONE) {
    --shared.readers;
    f.level = SQLITE_LOCK_NONE;
  }
  return SQLITE_OK;
}

int CheckReservedLock(sqlite3_file* file, int* out) {
  File& f = Of(file);
  MutexLock lock(f.disk->mutex);
  *out = f.disk->shared[f.name].writer != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int ShmMap(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  File& f = Of(file);
  MutexLock lock(f.disk->mutex);
  Shared& shared = f.disk->shared[f.name];
  if (!std::exchange(f.uses_index, true)) ++shared.index_users;
  *out = nullptr;
  const auto wanted = static_cast<size_t>(region);
  if (wanted >= shared.index.size() && extend == 0) return SQLITE_OK;
  while (shared.index.size() <= wanted) {
    shared.index.push_back(std::make_unique<std::vector<uint8_t>>(static_cast<size_t>(size)));
  }
  *out = shared.index[wanted]->data();
  return SQLITE_OK;
}

void ReleaseSlots(File& f, Shared& shared, unsigned mask) {
  for (size_t i = 0; i < shared.slots.size(); ++i) {
    const unsigned bit = 1U << i & mask;
    if ((f.slots_read & bit) != 0) --shared.slots[i].readers;
    if ((f.slots_written & bit) != 0) shared.slots[i].writer = nullptr;
  }
  f.slots_read &= ~mask;
  f.slots_written &= ~mask;
}

int ShmLock(sqlite3_file* file, int offset, int n, int flags) {
  File& f = Of(file);
  const unsigned mask = ((1U << n) - 1) << offset;
  MutexLock lock(f.disk->mutex);
  Shared& shared = f.disk->shared[f.name];
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    ReleaseSlots(f, shared, mask);
    return SQLITE_OK;
  }
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  if (((exclusive ? f.slots_written : f.slots_read) & mask) == mask) return SQLITE_OK;
  for (int i = offset; i < offset + n; ++i) {
    const Shared::Slot& slot = shared.slots[static_cast<size_t>(i)];
    const int mine = (f.slots_read >> i & 1U) != 0 ? 1 : 0;
    if (slot.writer != nullptr && slot.writer != &f) return SQLITE_BUSY;
    if (exclusive && slot.readers > mine) return SQLITE_BUSY;
  }
  for (int i = offset; i < offset + n; ++i) {
    Shared::Slot& slot = shared.slots[static_cast<size_t>(i)];
    if (exclusive) {
      slot.writer = &f;
    } else {
      ++slot.readers;
    }
  }
  (exclusive ? f.slots_written : f.slots_read) |= mask;
  return SQLITE_OK;
}

void ShmBarrier(sqlite3_file* file) { MutexLock lock(Of(file).disk->mutex); }

int ShmUnmap(sqlite3_file* file, int) {
  File& f = Of(file);
  MutexLock lock(f.disk->mutex);
  if (!std::exchange(f.uses_index, false)) return SQLITE_OK;
  Shared& shared = f.disk->shared[f.name];
  ReleaseSlots(f, shared, ~0U);
  if (--shared.index_users == 0) shared.index.clear();
  return SQLITE_OK;
}

int Close(sqlite3_file* file) {
  File& f = Of(file);
  ShmUnmap(file, 0);
  Unlock(file, SQLITE_LOCK_NONE);
  {
    MutexLock lock(f.disk->mutex);
    if (f.delete_on_close) f.disk->files.Delete(f.name, false);
    --f.disk->open_files;
  }
  f.~File();
  return SQLITE_OK;
}

const sqlite3_io_methods kMethods = {
    2,  // no memory mapping: every write is seen
    Close,
    Read,
    Write,
    Truncate,
    Sync,
    FileSize,
    Lock,
    Unlock,
    CheckReservedLock,
    [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; },
    [](sqlite3_file*) { return 4096; },
    // As SQLite assumes of the kernel's files: a write does not disturb the bytes beside it.
    [](sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; },
    ShmMap,
    ShmLock,
    ShmBarrier,
    ShmUnmap,
    nullptr,
    nullptr,
};

sqlite3_vfs* Real(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto disk = DiskOf(name);
  if (disk == nullptr) return Real(vfs)->xOpen(Real(vfs), name, file, flags, out_flags);
  file->pMethods = nullptr;
  MutexLock lock(disk->mutex);
  auto node = disk->files.Find(name);
  if (node == nullptr) {
    if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
    node = disk->files.Create(name);
  }
  ++disk->open_files;
  auto* const opened = new (file) File{{&kMethods}, disk, name, std::move(node)};
  opened->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int Delete(sqlite3_vfs* vfs, const char* name, int sync) {
  const auto disk = DiskOf(name);
  if (disk == nullptr) return Real(vfs)->xDelete(Real(vfs), name, sync);
  MutexLock lock(disk->mutex);
  return disk->files.Delete(name, sync != 0) ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

int Access(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
  const auto disk = DiskOf(name);
  if (disk == nullptr) return Real(vfs)->xAccess(Real(vfs), name, flags, out);
  MutexLock lock(disk->mutex);
  const auto node = disk->files.Find(name);
  // Like SQLite's own: an empty file counts as none.
  *out = node != nullptr && node->live.size() > 0 ? 1 : 0;
  return SQLITE_OK;
}

int FullPathname(sqlite3_vfs* vfs, const char* name, int size, char* out) {
  if (DiskOf(name) == nullptr) return Real(vfs)->xFullPathname(Real(vfs), name, size, out);
  if (std::strlen(name) >= static_cast<size_t>(size)) return SQLITE_CANTOPEN;
  std::strcpy(out, name);
  return SQLITE_OK;
}

// Once, for the rest of the process; other paths go on to what was the default before.
void Install() {
  static std::once_flag once;
  std::call_once(once, [] {
    sqlite3_vfs* const real = sqlite3_vfs_find(nullptr);
    auto* const vfs = new sqlite3_vfs(*real);
    vfs->pNext = nullptr;
    vfs->zName = "firmbench-crash";
    vfs->pAppData = real;
    vfs->szOsFile = std::max(static_cast<int>(sizeof(File)), real->szOsFile);
    vfs->xOpen = Open;
    vfs->xDelete = Delete;
    vfs->xAccess = Access;
    vfs->xFullPathname = FullPathname;
    sqlite3_vfs_register(vfs, 1);
  });
}

}  // namespace

CrashDisk::CrashDisk() : state_(std::make_shared<State>()) {
  static std::atomic<uint64_t> next{0};
  Install();
  const uint64_t number = ++next;
  state_->prefix = fmt::format("{}{}/", kRoot, number);
  MutexLock lock(g_disks_mutex);
  Disks()[number] = state_;
}

CrashDisk::CrashDisk(const Snapshot& files) : CrashDisk() { Load(files); }

CrashDisk::~CrashDisk() {
  MutexLock lock(g_disks_mutex);
  std::erase_if(Disks(), [&](const auto& disk) { return disk.second.lock() == state_; });
}

std::string CrashDisk::Path(const std::string& name) const { return state_->prefix + name; }

CrashDisk::Snapshot CrashDisk::Cut(Loss loss, uint64_t seed) const {
  MutexLock lock(state_->mutex);
  const FileSet files = state_->files.Cut(loss, seed);
  // Names without the prefix: a snapshot belongs to no disk.
  auto relative = std::make_shared<std::map<std::string, PagedBytes>>();
  for (const auto& [name, content] : *files) {
    (*relative)[name.substr(state_->prefix.size())] = content;
  }
  return relative;
}

void CrashDisk::Load(const Snapshot& files) {
  auto named = std::make_shared<std::map<std::string, PagedBytes>>();
  for (const auto& [name, content] : *files) (*named)[state_->prefix + name] = content;
  MutexLock lock(state_->mutex);
  FB_CHECK(state_->open_files == 0);
  state_->files.Load(named);
  state_->shared.clear();
}

int64_t CrashDisk::operations() const {
  MutexLock lock(state_->mutex);
  return state_->operations;
}

void CrashDisk::BeforeOperation(std::function<void(int64_t)> observer) {
  MutexLock lock(state_->mutex);
  state_->observer = observer
                         ? std::make_shared<const std::function<void(int64_t)>>(std::move(observer))
                         : nullptr;
}

void CrashDisk::FailFrom(int64_t operation, int code) {
  MutexLock lock(state_->mutex);
  state_->fail_from = operation;
  state_->fail_code = code;
}

void CrashDisk::SetCapacity(int64_t bytes) {
  MutexLock lock(state_->mutex);
  state_->capacity = bytes;
}

void CrashDisk::Heal() {
  MutexLock lock(state_->mutex);
  state_->fail_from = kNever;
  state_->capacity = kNever;
}

}  // namespace firmbench::test
