#include "reel/postgres/login.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace reel::postgres {

void prepare_logins() {
    ::OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, nullptr);
    ::EVP_MD_free(::EVP_MD_fetch(nullptr, "SHA256", nullptr));
}

}  // namespace reel::postgres
