#include "member_name.hpp"

#include <fmt/format.h>

#include <cctype>
#include <vector>

namespace reel::fetch {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_component = 255;
constexpr std::size_t max_path = 2000;

/// Length of the UTF-8 sequence at the front of the text; 0 when it is none.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80U) return 0;
    }
    const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
    const bool surrogate = first == 0xed && byte(1) > 0x9f;
    const bool beyond = first == 0xf4 && byte(1) > 0x8f;
    return overlong || surrogate || beyond ? 0 : length;
}

std::string escape_invalid(std::string_view text) {
    std::string escaped;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) {
            escaped += fmt::format("%{:02X}", static_cast<unsigned char>(text[0]));
            text.remove_prefix(1);
        } else {
            escaped.append(text.substr(0, length));
            text.remove_prefix(length);
        }
    }
    return escaped;
}

std::unexpected<core::Error> refuse(std::string_view name, std::string_view why) {
    return core::fail(
        core::Errc::corrupt_data,
        fmt::format("refused the member '{}': {}", printable(name), why),
        "nothing was unpacked; an archive with such a member is broken or hostile"
    );
}

core::Result<void> check_characters(std::string_view name) {
    if (name.empty()) return refuse(name, "its name is empty");
    if (name.starts_with('/')) return refuse(name, "its name is absolute");
    if (name.contains('\\')) return refuse(name, "its name holds a backslash");
    const bool letter = std::isalpha(static_cast<unsigned char>(name[0])) != 0;
    if (name.size() > 1 && letter && name[1] == ':') {
        return refuse(name, "its name begins with a drive letter");
    }
    for (const char byte : name) {
        if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) {
            return refuse(name, "its name holds a control character");
        }
    }
    return {};
}

std::vector<std::string_view> components_of(std::string_view name) {
    std::vector<std::string_view> components;
    while (!name.empty()) {
        const std::size_t slash = std::min(name.find('/'), name.size());
        const std::string_view component = name.substr(0, slash);
        if (!component.empty() && component != ".") components.push_back(component);
        name.remove_prefix(std::min(slash + 1, name.size()));
    }
    return components;
}

fs::path join(const std::vector<std::string>& components) {
    fs::path path;
    for (const auto& component : components) path /= component;
    return path.empty() ? fs::path(".") : path;
}

}  // namespace

std::string printable(std::string_view name) {
    std::string shown;
    for (const char letter : escape_invalid(name.substr(0, 300))) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte < 0x20 || byte == 0x7f) {
            shown += fmt::format("%{:02X}", byte);
        } else {
            shown.push_back(letter);
        }
    }
    return name.size() > 300 ? shown + "…" : shown;
}

core::Result<fs::path> parse_member_name(std::string_view name) {
    if (auto checked = check_characters(name); !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    if (name.size() > max_path) return refuse(name, "its name is too long");
    std::vector<std::string> components;
    for (const std::string_view component : components_of(name)) {
        if (component == "..") return refuse(name, "its name holds '..'");
        components.push_back(escape_invalid(component));
        if (components.back().size() > max_component) return refuse(name, "its name is too long");
    }
    return join(components);
}

core::Result<fs::path> parse_link_target(const fs::path& link, std::string_view target) {
    if (auto checked = check_characters(target); !checked) {
        return refuse(link.native(), "it is a link to a place outside of the archive");
    }
    std::vector<std::string> components;
    for (const auto& component : link.parent_path()) components.push_back(component.native());
    for (const std::string_view component : components_of(target)) {
        if (component != "..") {
            components.push_back(escape_invalid(component));
        } else if (components.empty()) {
            return refuse(link.native(), "it is a link to a place outside of the archive");
        } else {
            components.pop_back();
        }
    }
    return join(components);
}

}  // namespace reel::fetch
