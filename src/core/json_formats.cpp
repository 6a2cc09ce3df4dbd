#include "json_formats.hpp"

#include <algorithm>
#include <array>
#include <boost/regex.hpp>
#include <string_view>

#include "reel/core/time.hpp"
#include "reel/core/time_of_day.hpp"

namespace reel::core {

namespace {

bool is_date(const std::string& text) {
    constexpr std::size_t length = 10;
    return text.size() == length && text[4] == '-' && text[7] == '-' && parse_timestamp(text);
}

/// "+02:00" or "Z" at the end is no part of the time of the day.
std::string without_offset(const std::string& text) {
    const std::size_t sign = text.find_first_of("+-Zz");
    return text.substr(0, sign);
}

bool is_time(const std::string& text) {
    if (!parse_time_of_day(without_offset(text))) return false;
    return without_offset(text) == text || parse_timestamp("2000-01-01T" + text).has_value();
}

bool is_date_time(const std::string& text) {
    constexpr std::size_t date_length = 10;
    return text.size() > date_length && is_date(text.substr(0, date_length)) &&
           parse_timestamp(text);
}

constexpr const char* octet = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";

struct Format {
    std::string_view name;
    std::string_view meaning;
    bool (*fits)(const std::string& text);
};

bool fits_whole(const std::string& pattern, const std::string& text) {
    return matches_pattern("^(?:" + pattern + ")$", text).value_or(false);
}

bool is_email(const std::string& text) {
    return fits_whole("[^\\s@]+@[^\\s@]+", text);
}

bool is_uri(const std::string& text) {
    return fits_whole("[A-Za-z][A-Za-z0-9+.-]*:[\\x21-\\x7E]+", text);
}

bool is_ipv4(const std::string& text) {
    const std::string one = octet;
    return fits_whole(one + "(\\." + one + "){3}", text);
}

/// The groups and their number; what an address in brackets or with a zone says is another format.
bool is_ipv6(const std::string& text) {
    const auto colons = std::ranges::count(text, ':');
    const bool shortened = text.find("::") != std::string::npos;
    return fits_whole("[0-9A-Fa-f:]{2,39}", text) && text.find(":::") == std::string::npos &&
           text.find("::") == text.rfind("::") && (shortened ? colons <= 7 : colons == 7) &&
           fits_whole("(:|[0-9A-Fa-f]{1,4}:)?(:|[0-9A-Fa-f]{1,4}:)*(:|[0-9A-Fa-f]{1,4})", text);
}

bool is_hostname(const std::string& text) {
    constexpr std::size_t longest = 253;
    return text.size() <= longest && fits_whole(
                                         "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
                                         "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*",
                                         text
                                     );
}

bool is_uuid(const std::string& text) {
    return fits_whole("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", text);
}

constexpr std::array formats{
    Format{"date", "a date like 2026-01-31", is_date},
    Format{"time", "a time like 14:30:00", is_time},
    Format{"date-time", "a date with a time, like 2026-01-31T14:30:00+00:00", is_date_time},
    Format{"email", "a mail address", is_email},
    Format{"idn-email", "a mail address", is_email},
    Format{"uri", "a URI with a scheme, like https://example.com/x", is_uri},
    Format{"ipv4", "an IPv4 address", is_ipv4},
    Format{"ipv6", "an IPv6 address", is_ipv6},
    Format{"hostname", "the name of a host", is_hostname},
    Format{"uuid", "a UUID", is_uuid},
    Format{"regex", "a regular expression", is_pattern},
};

}  // namespace

std::optional<std::string> find_format_misfit(const std::string& format, const std::string& text) {
    const auto* const found = std::ranges::find(formats, format, &Format::name);
    if (found == formats.end() || found->fits(text)) return std::nullopt;
    return std::string(found->meaning);
}

std::optional<bool> matches_pattern(const std::string& pattern, const std::string& text) {
    try {
        return boost::regex_search(text, boost::regex(pattern, boost::regex::perl));
    } catch (const std::runtime_error&) {
        return std::nullopt;
    }
}

bool is_pattern(const std::string& text) {
    return boost::regex(text, boost::regex::perl | boost::regex::no_except).status() == 0;
}

}  // namespace reel::core
