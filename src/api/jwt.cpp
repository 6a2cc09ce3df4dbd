#include "jwt.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "reel/api/server.hpp"

namespace reel::api {

namespace {

using Digest = std::array<unsigned char, 32>;

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string base64url(std::string_view bytes) {
    std::string text;
    unsigned buffer = 0;
    int bits = 0;
    for (const char byte : bytes) {
        buffer = (buffer << 8U) | static_cast<unsigned char>(byte);
        bits += 8;
        while (bits >= 6) {
            bits -= 6;
            text += alphabet[(buffer >> static_cast<unsigned>(bits)) & 63U];
        }
    }
    if (bits > 0) text += alphabet[(buffer << static_cast<unsigned>(6 - bits)) & 63U];
    return text;
}

std::optional<std::string> base64url_decode(std::string_view text) {
    std::string bytes;
    unsigned buffer = 0;
    int bits = 0;
    for (const char c : text) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        buffer = (buffer << 6U) | static_cast<unsigned>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>((buffer >> static_cast<unsigned>(bits)) & 255U);
        }
    }
    return bytes;
}

std::string hmac_sha256(const std::string& secret, std::string_view text) {
    std::string mac(EVP_MAX_MD_SIZE, '\0');
    unsigned length = 0;
    HMAC(
        EVP_sha256(),
        secret.data(),
        static_cast<int>(secret.size()),
        reinterpret_cast<const unsigned char*>(text.data()),
        text.size(),
        reinterpret_cast<unsigned char*>(mac.data()),
        &length
    );
    mac.resize(length);
    return mac;
}

Digest sha256(std::string_view text) {
    Digest digest{};
    EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    return digest;
}

long long seconds(core::Timestamp at) {
    return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
}

nlohmann::json decode_object(std::string_view part) {
    const auto text = base64url_decode(part);
    if (!text) return nullptr;
    auto value = nlohmann::json::parse(*text, nullptr, false);
    return value.is_object() ? value : nlohmann::json(nullptr);
}

}  // namespace

bool equal_in_constant_time(std::string_view given, std::string_view expected) {
    const Digest left = sha256(given);
    const Digest right = sha256(expected);
    return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string make_token(
    const std::string& jwt_secret,
    const std::string& user,
    core::Timestamp now,
    core::Duration lifetime
) {
    const nlohmann::json header{{"alg", "HS256"}, {"typ", "JWT"}};
    const nlohmann::json payload{
        {"sub", user}, {"iat", seconds(now)}, {"exp", seconds(now + lifetime)}
    };
    const std::string text = base64url(header.dump()) + "." + base64url(payload.dump());
    return text + "." + base64url(hmac_sha256(jwt_secret, text));
}

core::Result<std::string> verify_token(
    std::string_view token, const std::string& jwt_secret, core::Timestamp now
) {
    const auto refuse = [](std::string why) {
        return core::fail(core::Errc::permission_denied, std::move(why));
    };
    const std::size_t last = token.rfind('.');
    const std::size_t first = token.find('.');
    if (last == std::string_view::npos || first == last) return refuse("Invalid JWT token");
    const std::string_view text = token.substr(0, last);
    const auto signature = base64url_decode(token.substr(last + 1));
    if (!signature || !equal_in_constant_time(*signature, hmac_sha256(jwt_secret, text))) {
        return refuse("Invalid JWT token");
    }
    const nlohmann::json header = decode_object(text.substr(0, first));
    const nlohmann::json payload = decode_object(text.substr(first + 1));
    if (!header.is_object() || !payload.is_object()) return refuse("Invalid JWT token");
    if (header.value("alg", nlohmann::json()) != "HS256") return refuse("Invalid JWT token");
    const nlohmann::json user = payload.value("sub", nlohmann::json());
    const nlohmann::json expiry = payload.value("exp", nlohmann::json());
    if (!user.is_string() || !expiry.is_number_integer()) return refuse("Invalid JWT token");
    if (expiry.get<long long>() <= seconds(now)) return refuse("Token Expired");
    return user.get<std::string>();
}

}  // namespace reel::api
