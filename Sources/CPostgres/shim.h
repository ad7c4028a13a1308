#include <libpq-fe.h>

// The names of the fields are character macros, which Swift does not import as what the function wants.
static inline const char *cpostgres_state(const PGresult *result) {
  return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}
static inline const char *cpostgres_message(const PGresult *result) {
  return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}
