#include "text_checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reel/core/asset.hpp"
#include "reel/core/ids.hpp"
#include "reel/core/schedule.hpp"
#include "reel/core/threshold.hpp"
#include "reel/core/time.hpp"
#include "reel/core/time_of_day.hpp"
#include "reel/core/timezone_hint.hpp"
#include "reel/templating/render.hpp"

namespace reel::dagfile {
namespace {

bool is_hex(std::string_view text, std::size_t length) {
    return text.size() == length &&
           text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

}  // namespace

bool has_template(const std::string& text) {
    return text.find("{{") != std::string::npos || text.find("{%") != std::string::npos ||
           text.find("{#") != std::string::npos;
}

std::optional<std::string> check_cron(const std::string& text) {
    const core::Result<void> valid = core::validate_cron(text);
    return valid ? std::nullopt
                 : std::optional(fmt::format("is not valid: {}", valid.error().message));
}

std::optional<std::string> check_timezone(const std::string& text) {
    if (core::is_known_timezone(text)) {
        return std::nullopt;
    }
    const std::string nearest = core::nearest_timezone(text);
    return fmt::format(
        "must be a time zone, not '{}'{}{}", text, nearest.empty() ? "" : "; ", nearest
    );
}

std::optional<std::string> check_key(const std::string& text) {
    return core::is_valid_key(text)
               ? std::nullopt
               : std::optional(fmt::format(
                     "must be made of letters, digits, '_', '-' and '.', at most 250 bytes, not "
                     "'{}'",
                     text
                 ));
}

std::optional<std::string> check_tag(const std::string& text) {
    constexpr std::size_t longest = 100;
    return text.empty() || text.size() > longest
               ? std::optional<std::string>("must have 1 to 100 bytes")
               : std::nullopt;
}

std::optional<std::string> check_checksum(const std::string& text) {
    constexpr std::size_t sha256_digits = 64;
    constexpr std::size_t md5_digits = 32;
    const std::string_view view = text;
    const bool fits = has_template(text) ||
                      (view.starts_with("sha256:") && is_hex(view.substr(7), sha256_digits)) ||
                      (view.starts_with("md5:") && is_hex(view.substr(4), md5_digits));
    return fits ? std::nullopt
                : std::optional<std::string>("must be sha256:<64 hex digits> or md5:<32 hex digits>"
                  );
}

std::optional<std::string> check_reject_limit(const std::string& text) {
    std::string_view digits = text;
    const bool is_share = digits.ends_with('%');
    digits.remove_suffix(is_share ? 1 : 0);
    while (is_share && digits.ends_with(' ')) {
        digits.remove_suffix(1);
    }
    const bool fits = !digits.empty() && digits.find_first_not_of("0123456789.") == digits.npos &&
                      std::ranges::count(digits, '.') <= (is_share ? 1 : 0) &&
                      digits.find_first_not_of('.') != digits.npos;
    return fits || has_template(text)
               ? std::nullopt
               : std::optional(fmt::format("must be a share like 1% or a count, not '{}'", text));
}

std::optional<std::string> check_template(const std::string& text) {
    const auto error = templating::check_syntax(text);
    return error ? std::optional(fmt::format("is no template: {}", error->message)) : std::nullopt;
}

std::optional<std::string> check_not_blank(const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos
               ? std::optional<std::string>("must not be blank")
               : std::nullopt;
}

std::optional<std::string> check_queue(const std::string& text) {
    if (text.contains(',')) return "must not hold a comma: a task has one queue";
    return check_not_blank(text);
}

std::optional<std::string> check_column_reference(const std::string& text) {
    return std::ranges::count(text, '.') >= 1 && !text.starts_with('.') && !text.ends_with('.')
               ? std::nullopt
               : std::optional(fmt::format("must be table.column, not '{}'", text));
}

std::optional<std::string> check_asset_uri(const std::string& text) {
    const core::Result<void> valid = core::validate_asset_uri(text);
    return valid ? std::nullopt : std::optional(valid.error().message);
}

std::optional<std::string> check_asset_or_template(const std::string& text) {
    return has_template(text) ? std::nullopt : check_asset_uri(text);
}

std::optional<std::string> check_duration_text(const std::string& text) {
    return core::parse_duration(text)
               ? std::nullopt
               : std::optional(fmt::format("must be a duration like 3d or PT5M, not '{}'", text));
}

std::optional<std::string> check_threshold(const std::string& text) {
    return has_template(text) || core::parse_threshold(text)
               ? std::nullopt
               : std::optional(fmt::format(
                     "must be a condition like '> 10', '>= 1%' or 'between 1 and 5', not '{}'", text
                 ));
}

std::optional<std::string> check_target_time(const std::string& text) {
    const bool fits =
        has_template(text) || core::parse_time_of_day(text) || core::parse_timestamp(text);
    return fits ? std::nullopt
                : std::optional(
                      fmt::format("must be a time like 14:30 or 2024-01-31T14:30, not '{}'", text)
                  );
}

std::optional<std::string> check_week_day(const std::string& text) {
    return has_template(text) || core::parse_weekday(text)
               ? std::nullopt
               : std::optional(fmt::format("must be one of monday … sunday, not '{}'", text));
}

std::optional<std::string> check_json_pointer(const std::string& text) {
    return text.starts_with('/') ? std::nullopt
                                 : std::optional(fmt::format(
                                       "must be a place like /status or /items/0, not '{}'", text
                                   ));
}

}  // namespace reel::dagfile
