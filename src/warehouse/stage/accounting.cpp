#include "warehouse/stage/accounting.hpp"

#include <fmt/format.h>

#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

std::string number(std::uint64_t value) {
    return grouped(static_cast<std::int64_t>(value));
}

std::unexpected<core::Error> over_limit(const std::string& what, const RejectLimit& limit) {
    return core::fail(
        core::Errc::corrupt_data,
        fmt::format("{}, more than the limit of {}", what, limit.readable()),
        "the rejected records are in reel.quarantine with their reasons; correct the source or "
        "raise rejects.max"
    );
}

bool exceeds(std::uint64_t rejected, std::uint64_t read, double share) {
    return static_cast<double>(rejected) > static_cast<double>(read) * share;
}

std::string share_text(std::uint64_t rejected, std::uint64_t read, const std::string& what) {
    const double percent = 100 * static_cast<double>(rejected) / static_cast<double>(read);
    return fmt::format(
        "{} of {} {} were rejected ({:.3g}%)", number(rejected), number(read), what, percent
    );
}

template <class Change>
void change_by(FileAccount& account, const FileAccount& part, Change change) {
    change(account.records_read, part.records_read);
    change(account.records_quarantined, part.records_quarantined);
    change(account.elements_quarantined, part.elements_quarantined);
    change(account.rejoined, part.rejoined);
    for (std::size_t t = 0; t < account.tables.size(); ++t) {
        auto& table = account.tables[t];
        const auto& of_part = part.tables[t];
        change(table.elements_read, of_part.elements_read);
        change(table.staged, of_part.staged);
        change(table.duplicates, of_part.duplicates);
        change(table.quarantined, of_part.quarantined);
        change(table.filtered, of_part.filtered);
        for (const auto& [column, values] : of_part.discarded) {
            change(table.discarded[column], values);
        }
        std::erase_if(table.discarded, [](const auto& values) { return values.second == 0; });
    }
}

}  // namespace

std::uint64_t TableAccount::discarded_values() const {
    std::uint64_t sum = 0;
    for (const auto& [column, values] : discarded) sum += values;
    return sum;
}

void add(FileAccount& account, const FileAccount& part) {
    change_by(account, part, [](std::uint64_t& sum, std::uint64_t more) { sum += more; });
}

void subtract(FileAccount& account, const FileAccount& part) {
    change_by(account, part, [](std::uint64_t& sum, std::uint64_t less) { sum -= less; });
}

core::Result<void> check_rejects(const FileAccount& account, const RejectLimit& limit) {
    if (!limit.share) {
        const auto rejected = account.records_quarantined + account.elements_quarantined;
        if (rejected > limit.count) {
            const auto what = fmt::format(
                "{} of {} records and {} list elements were rejected",
                number(account.records_quarantined),
                number(account.records_read),
                number(account.elements_quarantined)
            );
            return over_limit(what, limit);
        }
        return {};
    }
    if (exceeds(account.records_quarantined, account.records_read, *limit.share)) {
        const auto what = share_text(account.records_quarantined, account.records_read, "records");
        return over_limit(what, limit);
    }
    for (const auto& table : account.tables) {
        if (exceeds(table.quarantined, table.elements_read, *limit.share)) {
            const auto what = share_text(
                table.quarantined, table.elements_read, fmt::format("rows for '{}'", table.table)
            );
            return over_limit(what, limit);
        }
    }
    return {};
}

core::Result<void> check_balance(const TableAccount& account, std::uint64_t stored) {
    const bool whole = account.balances() && account.staged == stored;
    if (whole) {
        return {};
    }
    return core::fail(
        core::Errc::internal,
        fmt::format(
            "rows of '{}' do not add up: {} read, but {} staged ({} in the database) + {} "
            "duplicates + {} quarantined + {} filtered",
            account.table,
            account.elements_read,
            account.staged,
            stored,
            account.duplicates,
            account.quarantined,
            account.filtered
        ),
        "nothing was kept of this attempt; this is a mistake of the loader, please report it"
    );
}

}  // namespace reel::warehouse
