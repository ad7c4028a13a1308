#include <sqlite3.h>
#include <sys/vfs.h>

// sqlite3_db_config is variadic and Swift cannot call it; these name the uses we have.
static inline int csqlite_enable_defensive(sqlite3 *db) {
  return sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}
static inline int csqlite_no_checkpoint_on_close(sqlite3 *db) {
  return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

// SQLITE_TRANSIENT is a cast macro and is not imported.
static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, int byteCount) {
  return sqlite3_bind_text(statement, index, text, byteCount, SQLITE_TRANSIENT);
}
static inline int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int byteCount) {
  return sqlite3_bind_blob(statement, index, bytes, byteCount, SQLITE_TRANSIENT);
}

// How long the write-ahead log is, in pages, after the last commit; and from where on a commit moves it into the database.
struct csqlite_log {
  int pages, limit;
};

static int csqlite_note_log(void *context, sqlite3 *db, const char *name, int pages) {
  struct csqlite_log *log = (struct csqlite_log *)context;
  log->pages = pages;
  // As SQLite's own hook, which this one replaces: what cannot be moved now is moved later.
  if (pages >= log->limit) sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, 0, 0);
  return SQLITE_OK;
}

static inline void csqlite_watch_log(sqlite3 *db, struct csqlite_log *log) {
  sqlite3_wal_hook(db, csqlite_note_log, log);
}

// Not in Swift's Glibc module: the kind of file system, as in statfs(2); 0 when it cannot be asked.
static inline unsigned csqlite_file_system(const char *path) {
  struct statfs facts;
  return statfs(path, &facts) == 0 ? (unsigned)facts.f_type : 0;
}
