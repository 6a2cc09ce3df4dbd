#include "scram.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

namespace reel::postgres {

namespace {

using Digest = std::array<unsigned char, crypto_auth_hmacsha256_BYTES>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT(*-reinterpret-cast)
}

std::string_view text_of(const Digest& digest) {
    return {
        reinterpret_cast<const char*>(digest.data()),  // NOLINT(*-reinterpret-cast)
        digest.size()
    };
}

Digest hmac(std::string_view key, std::string_view text) {
    crypto_auth_hmacsha256_state state;
    Digest digest{};
    crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
    crypto_auth_hmacsha256_update(&state, bytes_of(text), text.size());
    crypto_auth_hmacsha256_final(&state, digest.data());
    return digest;
}

std::string base64(std::string_view text) {
    constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
    std::string encoded(sodium_base64_encoded_len(text.size(), variant), '\0');
    sodium_bin2base64(encoded.data(), encoded.size(), bytes_of(text), text.size(), variant);
    encoded.pop_back();  // the end that C needs
    return encoded;
}

/// PBKDF2 of a single block.
Digest salted_password(std::string_view password, std::string_view salt, int rounds) {
    Digest last = hmac(password, std::string(salt) + std::string("\0\0\0\1", 4));
    Digest sum = last;
    for (int round = 1; round < rounds; ++round) {
        last = hmac(password, text_of(last));
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] ^= last[i];
    }
    return sum;
}

}  // namespace

std::string scram_verifier(std::string_view password, std::string_view salt, int rounds) {
    const Digest salted = salted_password(password, salt, rounds);
    const Digest client_key = hmac(text_of(salted), "Client Key");
    Digest stored_key{};
    crypto_hash_sha256(stored_key.data(), client_key.data(), client_key.size());
    return fmt::format(
        "SCRAM-SHA-256${}:{}${}:{}",
        rounds,
        base64(salt),
        base64(text_of(stored_key)),
        base64(text_of(hmac(text_of(salted), "Server Key")))
    );
}

std::string quick_verifier(std::string_view random_password) {
    std::string salt(16, '\0');
    randombytes_buf(salt.data(), salt.size());
    return scram_verifier(random_password, salt, 1);
}

}  // namespace reel::postgres
