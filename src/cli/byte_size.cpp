#include "byte_size.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "reel/core/ascii.hpp"

namespace reel::cli {

namespace {

struct Unit {
    std::string_view name;
    double bytes;
};

constexpr std::array<Unit, 11> units{{
    {"", 1},
    {"b", 1},
    {"kb", 1e3},
    {"mb", 1e6},
    {"gb", 1e9},
    {"k", 1e3},
    {"m", 1e6},
    {"g", 1e9},
    {"kib", 1024.0},
    {"mib", 1024.0 * 1024},
    {"gib", 1024.0 * 1024 * 1024},
}};

}  // namespace

core::Result<std::uint64_t> parse_byte_size(std::string_view text) {
    constexpr double beyond = 1e18;
    double number = 0;
    const auto* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number, std::chars_format::fixed);
    const std::string unit = core::lowered(core::trim({parsed.ptr, end}));
    const auto* const known = std::ranges::find(units, unit, &Unit::name);
    const bool fits = parsed.ec == std::errc{} && known != units.end() &&
                      number * known->bytes >= 1 && number * known->bytes < beyond;
    if (fits) return static_cast<std::uint64_t>(number * known->bytes);
    return core::fail(
        core::Errc::invalid_argument,
        fmt::format("'{}' is no size", text),
        "write it like 256MB, 1.5GB or 512MiB"
    );
}

}  // namespace reel::cli
