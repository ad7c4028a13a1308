#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

// What cmicrohttpd_start needs. Strings may be NULL; they are read while starting only.
struct cmicrohttpd_settings {
  int listenSocket;
  unsigned threads, connections, timeoutSeconds;
  size_t connectionMemory;
  const char *certificate, *key, *clientAuthorities;
};

// The path and query come to us as they were sent: decoding in place would hide a NUL.
static size_t cmicrohttpd_keep(void *context, struct MHD_Connection *connection, char *text) {
  (void)context, (void)connection;
  return strlen(text);
}

// MHD_start_daemon is variadic and Swift cannot call it; this fixes the options that we use.
static inline struct MHD_Daemon *cmicrohttpd_start(const struct cmicrohttpd_settings *settings,
                                                   MHD_AccessHandlerCallback handler,
                                                   MHD_RequestCompletedCallback completed,
                                                   MHD_NotifyConnectionCallback connected, void *context) {
  struct MHD_OptionItem options[16];
  int count = 0;
#define CMICROHTTPD_OPTION(name, number, pointer) \
  options[count++] = (struct MHD_OptionItem){name, (intptr_t)(number), (void *)(pointer)}
  CMICROHTTPD_OPTION(MHD_OPTION_NOTIFY_COMPLETED, completed, context);
  CMICROHTTPD_OPTION(MHD_OPTION_NOTIFY_CONNECTION, connected, context);
  CMICROHTTPD_OPTION(MHD_OPTION_UNESCAPE_CALLBACK, cmicrohttpd_keep, NULL);
  CMICROHTTPD_OPTION(MHD_OPTION_LISTEN_SOCKET, settings->listenSocket, NULL);
  if (settings->threads > 1) CMICROHTTPD_OPTION(MHD_OPTION_THREAD_POOL_SIZE, settings->threads, NULL);
  CMICROHTTPD_OPTION(MHD_OPTION_CONNECTION_LIMIT, settings->connections, NULL);
  CMICROHTTPD_OPTION(MHD_OPTION_CONNECTION_TIMEOUT, settings->timeoutSeconds, NULL);
  CMICROHTTPD_OPTION(MHD_OPTION_CONNECTION_MEMORY_LIMIT, settings->connectionMemory, NULL);
  CMICROHTTPD_OPTION(MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL);
  // Not epoll: from 128 ready connections on, such a thread of 0.9.75 stalls. It takes 128 events at a time and, after a
  // full batch, waits although work is at hand.
  unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
  if (settings->certificate) {
    flags |= MHD_USE_TLS;
    CMICROHTTPD_OPTION(MHD_OPTION_HTTPS_MEM_CERT, 0, settings->certificate);
    CMICROHTTPD_OPTION(MHD_OPTION_HTTPS_MEM_KEY, 0, settings->key);
    CMICROHTTPD_OPTION(MHD_OPTION_HTTPS_PRIORITIES, 0, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2");
    if (settings->clientAuthorities) CMICROHTTPD_OPTION(MHD_OPTION_HTTPS_MEM_TRUST, 0, settings->clientAuthorities);
  }
  CMICROHTTPD_OPTION(MHD_OPTION_END, 0, NULL);
#undef CMICROHTTPD_OPTION
  return MHD_start_daemon(flags, 0, NULL, NULL, handler, context, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

// MHD_get_connection_info is variadic, and its result a union.
static inline const struct sockaddr *cmicrohttpd_client_address(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info ? info->client_addr : NULL;
}

static inline void *cmicrohttpd_connection_context(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : NULL;
}

// The client's certificate in DER; NULL when there is none that the authorities vouch for now.
static inline const gnutls_datum_t *cmicrohttpd_client_certificate(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  gnutls_session_t session = info ? (gnutls_session_t)info->tls_session : NULL;
  if (!session || gnutls_certificate_type_get(session) != GNUTLS_CRT_X509) return NULL;
  unsigned status = 1, count = 0;
  if (gnutls_certificate_verify_peers2(session, &status) != 0 || status != 0) return NULL;
  const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);
  return chain && count > 0 ? &chain[0] : NULL;
}

// Writes the name in a certificate: its first URI or DNS name, else the common name. Returns 1, or 0 for none.
static inline int cmicrohttpd_client_name(const gnutls_datum_t *der, char *name, size_t capacity) {
  gnutls_x509_crt_t certificate;
  if (gnutls_x509_crt_init(&certificate) != 0) return 0;
  int found = 0;
  if (gnutls_x509_crt_import(certificate, der, GNUTLS_X509_FMT_DER) == 0) {
    for (unsigned index = 0; !found; index++) {
      size_t size = capacity - 1;
      int type = gnutls_x509_crt_get_subject_alt_name(certificate, index, name, &size, NULL);
      if (type == GNUTLS_E_SHORT_MEMORY_BUFFER) continue;
      if (type < 0) break;
      if (type == GNUTLS_SAN_URI || type == GNUTLS_SAN_DNSNAME) name[size] = 0, found = 1;
    }
    size_t size = capacity - 1;
    if (!found &&
        gnutls_x509_crt_get_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &size) == 0)
      name[size] = 0, found = 1;
  }
  gnutls_x509_crt_deinit(certificate);
  return found && strlen(name) > 0;
}

// Cast macros are not imported.
static const ssize_t cmicrohttpd_end_of_stream = MHD_CONTENT_READER_END_OF_STREAM;
static const ssize_t cmicrohttpd_end_with_error = MHD_CONTENT_READER_END_WITH_ERROR;
static const uint64_t cmicrohttpd_size_unknown = MHD_SIZE_UNKNOWN;
