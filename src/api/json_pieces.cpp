#include "json_pieces.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

#include "reel/core/time.hpp"

namespace reel::api {

using nlohmann::json;

json time_json(const std::optional<core::Timestamp>& at) {
    return at ? json(core::format_api(*at)) : json(nullptr);
}

json text_or_null(const std::string& text) {
    return text.empty() ? json(nullptr) : json(text);
}

const std::string& or_else(const std::string& text, const std::string& fallback) {
    return text.empty() ? fallback : text;
}

json parse_or_null(const core::JsonText& text) {
    const json value = json::parse(text.text, nullptr, false);
    return value.is_discarded() ? json(nullptr) : value;
}

json object_or_empty(const core::JsonText& text) {
    const json value = parse_or_null(text);
    return value.is_object() ? value : json::object();
}

json version_json(const VersionView& version) {
    return {
        {"id", stable_uuid(fmt::format("version/{}/{}", version.dag_id, version.number))},
        {"version_number", version.number},
        {"dag_id", version.dag_id},
        {"dag_display_name", version.display_name},
        {"bundle_name", "dags-folder"},
        {"bundle_version", nullptr},
        {"bundle_url", nullptr},
        {"created_at", core::format_api(version.created_at)}
    };
}

std::string stable_uuid(std::string_view text) {
    std::array<unsigned char, 32> digest{};
    EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    digest[6] = static_cast<unsigned char>((digest[6] & 0x0FU) | 0x80U);  // version 8: our own
    digest[8] = static_cast<unsigned char>((digest[8] & 0x3FU) | 0x80U);
    std::string uuid;
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) uuid += '-';
        uuid += fmt::format("{:02x}", digest[i]);
    }
    return uuid;
}

}  // namespace reel::api
