#include "warehouse/stage/file_accounts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ranges>
#include <string_view>
#include <utility>

#include "warehouse/stage/copy_sink.hpp"
#include "warehouse/stage/staging_sql.hpp"

namespace reel::warehouse {

void FileAccounts::begin(const std::string& name, std::uint64_t blocks, FileAccount before) {
    files_.push_back({.file = name, .content = {}, .account = {}});
    first_rows_.push_back(CopySink::first_row(blocks));
    before_ = std::move(before);
}

const FileAccount& FileAccounts::end(FileAccount whole, double seconds) {
    files_.back().seconds = seconds;
    FileAccount& own = files_.back().account;
    own = std::move(whole);
    subtract(own, before_);
    return own;
}

std::uint64_t FileAccounts::drop_duplicates(
    postgres::Link& link,
    std::size_t table,
    const std::string& physical,
    const std::vector<std::string>& key,
    std::uint64_t sent_again
) {
    std::uint64_t dropped = 0;
    const auto take = [&](std::size_t file, std::uint64_t rows) {
        rows -= file == 0 ? sent_again : 0;
        TableAccount& account = files_[file].account.tables[table];
        account.duplicates += rows;
        account.staged -= rows;
        dropped += rows;
    };
    if (files_.size() == 1) {
        take(0, link.exec(dedupe_sql(physical, key)).affected());
        return dropped;
    }
    const auto rows = link.exec(dedupe_by_file_sql(physical, key), {later_files()});
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto number = [&](std::string_view column) {
            return std::stoull(rows.at(i, column).value_or("0"));
        };
        take(number("file"), number("rows"));
    }
    return dropped;
}

/// Where all files but the first begin, as an array of SQL.
std::string FileAccounts::later_files() const {
    return fmt::format("{{{}}}", fmt::join(first_rows_ | std::views::drop(1), ","));
}

}  // namespace reel::warehouse
