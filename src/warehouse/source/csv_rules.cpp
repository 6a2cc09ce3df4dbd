#include "warehouse/source/csv_rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>

namespace reel::warehouse {

namespace {

core::Result<void> check_widths(const CsvOptions& options) {
    if (options.columns.size() == options.widths.size()) return {};
    return core::fail(
        core::Errc::invalid_argument,
        fmt::format("{} widths for {} columns", options.widths.size(), options.columns.size()),
        "columns: [a, b] names what each of them holds"
    );
}

}  // namespace

core::Result<void> check_options(const CsvOptions& options) {
    const auto refuse = [](const char* why) {
        return core::fail(core::Errc::invalid_argument, why);
    };
    const auto is_line_end = [](char c) { return c == '\r' || c == '\n'; };
    if (!options.widths.empty()) return check_widths(options);
    if (options.delimiter == '\0' || is_line_end(options.delimiter)) {
        return refuse("a CSV delimiter must not be a line break or NUL");
    }
    if (is_line_end(options.quote)) return refuse("a CSV quote must not be a line break");
    if (options.quote == options.delimiter) {
        return refuse("CSV delimiter and quote are the same character");
    }
    for (const char special : {options.escape, options.comment}) {
        if (special == '\0') continue;
        if (is_line_end(special)) return refuse("a CSV escape or comment must not be a line break");
        if (special == options.delimiter || special == options.quote) {
            return refuse("CSV escape or comment is the same character as delimiter or quote");
        }
    }
    if (options.escape != '\0' && options.escape == options.comment) {
        return refuse("CSV escape and comment are the same character");
    }
    if (options.header && !options.columns.empty()) {
        return refuse("column names are given for a CSV file that has a header");
    }
    if (options.max_cell_bytes == 0 || options.max_record_bytes == 0 || options.read_bytes == 0) {
        return refuse("a size limit for CSV is 0");
    }
    return {};
}

core::Result<void> check_names(const std::vector<std::string>& names) {
    std::set<std::string_view> seen;
    std::vector<std::string> twice;
    std::vector<std::size_t> nameless;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i].empty()) {
            nameless.push_back(i + 1);
        } else if (!seen.insert(names[i]).second &&
                   std::ranges::find(twice, names[i]) == twice.end()) {
            twice.push_back(names[i]);
        }
    }
    std::vector<std::string> wrong;
    if (!nameless.empty()) {
        wrong.push_back(fmt::format("no name for column {}", fmt::join(nameless, ", ")));
    }
    if (!twice.empty()) {
        wrong.push_back(fmt::format("more than one column is called {}", fmt::join(twice, ", ")));
    }
    if (wrong.empty()) return {};
    return core::fail(
        core::Errc::corrupt_data,
        fmt::format("the header has {}", fmt::join(wrong, "; ")),
        "give every column its own name in the file's first line"
    );
}

}  // namespace reel::warehouse
