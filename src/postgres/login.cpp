#include "reel/postgres/login.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>

namespace reel::postgres {

void prepare_logins() {
    ::OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, nullptr);
    ::EVP_MD_free(::EVP_MD_fetch(nullptr, "SHA256", nullptr));
    // The first random bytes make the generator; a login that cannot have any says so itself.
    std::array<unsigned char, 1> any{};
    static_cast<void>(::RAND_bytes(any.data(), any.size()));
}

}  // namespace reel::postgres
