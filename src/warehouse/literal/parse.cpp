#include "warehouse/literal/parse.hpp"

#include <fmt/format.h>

#include <utility>

#include "warehouse/literal/cursor.hpp"

namespace reel::warehouse::literal {

namespace {

std::unexpected<core::Error> refuse(std::string_view prefix, const Failure& failure) {
    return core::fail(
        core::Errc::corrupt_data,
        fmt::format("{}byte {}: {}", prefix, failure.offset + 1, failure.reason)
    );
}

}  // namespace

core::Result<Value> parse_python_literal(std::string_view text) {
    const auto checked = CheckedText::check(text);
    if (!checked) return refuse("", checked.error());
    auto reading = read_python(*checked);
    if (!reading) return refuse("", reading.error());
    return std::move(*reading);
}

core::Result<Value> parse_json(std::string_view text) {
    const auto checked = CheckedText::check(text);
    if (!checked) return refuse("", checked.error());
    auto reading = read_json(*checked);
    if (!reading) return refuse("", reading.error());
    return std::move(*reading);
}

core::Result<Value> parse_list_column(std::string_view text) {
    constexpr std::string_view neither = "neither JSON nor a Python literal: ";
    const auto checked = CheckedText::check(text);
    if (!checked) return refuse(neither, checked.error());
    auto json = read_json(*checked);
    if (json) return std::move(*json);
    auto python = read_python(*checked);
    if (python) return std::move(*python);
    const bool json_fits_further = json.error().offset > python.error().offset;
    return refuse(neither, json_fits_further ? json.error() : python.error());
}

}  // namespace reel::warehouse::literal
