#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

// Function-like macros are not imported.
static const unsigned cgnutls_p256 = GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);
static const unsigned cgnutls_only_trusted_key =
    GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_DO_NOT_ALLOW_X509_V1_CA_CRT;

// What GnuTLS allocated is given back by its own function, which is a variable.
static inline void cgnutls_free(void *pointer) { gnutls_free(pointer); }
