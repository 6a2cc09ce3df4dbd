#include "warehouse/stage/report.hpp"

#include <array>
#include <span>

#include <fmt/format.h>

#include "warehouse/args.hpp"
#include "warehouse/quality/report.hpp"
#include "warehouse/source/byte_source.hpp"
#include "warehouse/stage/staging_sql.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

std::string hash_of(std::string text) {
    MemorySource bytes(std::move(text));
    HashingSource hashing(bytes);
    std::array<std::byte, 4096> piece{};
    while (hashing.read(piece).value_or(0) > 0) {
    }
    return hashing.sha256();
}

Json files_json(const std::vector<FileOutcome>& files) {
    Json list = Json::array();
    for (const auto& file : files) {
        list.push_back(
            {{"file", file.file},
             {"sha256", file.content.sha256},
             {"bytes", file.content.bytes},
             {"records_read", file.account.records_read},
             {"records_quarantined", file.account.records_quarantined},
             {"records_rejoined", file.account.rejoined}}
        );
        if (!file.content.etag.empty()) list.back()["etag"] = file.content.etag;
    }
    return list;
}

/// Whole ones; a load that took no time has no rate.
std::uint64_t rate_of(std::uint64_t amount, double seconds) {
    return seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(amount) / seconds) : 0;
}

}  // namespace

FileContent whole_content(const std::vector<FileOutcome>& files) {
    if (files.size() == 1) {
        return files.front().content;
    }
    FileContent whole;
    std::string hashes;
    for (const auto& file : files) {
        hashes += file.content.sha256 + "\n";
        whole.bytes += file.content.bytes;
    }
    whole.sha256 = hash_of(std::move(hashes));
    return whole;
}

core::JsonText stage_report(const StageOutcome& outcome, const std::vector<CheckResult>& checks) {
    Json by_name = Json::object();
    for (std::size_t t = 0; t < outcome.tables.size(); ++t) {
        const auto& spec = *outcome.tables[t].spec;
        const auto& account = outcome.account.tables[t];
        by_name[spec.name] = {
            {"physical", staging_table(outcome.identity, spec.name)},
            {"columns", Json::parse(columns_json(spec).text)},
            {"key", spec.key},
            {"elements_read", account.elements_read},
            {"staged", account.staged},
            {"duplicates", account.duplicates},
            {"quarantined", account.quarantined},
            {"filtered", account.filtered},
            {"discarded", Json(account.discarded)}
        };
    }
    Json report = {
        {"file", outcome.source},
        {"sha256", outcome.content.sha256},
        {"bytes", outcome.content.bytes},
        {"records_read", outcome.account.records_read},
        {"records_quarantined", outcome.account.records_quarantined},
        {"records_rejoined", outcome.account.rejoined},
        {"tables", by_name},
        {"seconds", outcome.seconds},
        {"records_per_second", rate_of(outcome.account.records_read, outcome.seconds)},
        {"bytes_per_second", rate_of(outcome.content.bytes, outcome.seconds)}
    };
    if (!outcome.content.etag.empty()) {
        report["etag"] = outcome.content.etag;
    }
    if (outcome.files.size() > 1) {
        report["files"] = files_json(outcome.files);
    }
    if (!checks.empty()) {
        report["checks"] = checks_json(checks);
    }
    return {report.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

std::string reject_line(const Rejection& rejection, const std::string& file) {
    return "rejected: " + reject_place(rejection, file);
}

std::string reject_place(const Rejection& rejection, const std::string& file) {
    constexpr std::size_t most_characters = 80;
    const auto& violation = rejection.violation;
    return fmt::format(
        "{} line {}, record {}{}{}: {}{}",
        file,
        rejection.record.line,
        rejection.record.number,
        violation.column.empty() ? "" : ", column ",
        violation.column,
        violation.reason,
        violation.value
            ? fmt::format(" ({})", printable(shortened(*violation.value, most_characters)))
            : std::string()
    );
}

std::string records_line(const FileAccount& account) {
    const auto text = [](std::uint64_t value) { return grouped(static_cast<std::int64_t>(value)); };
    return fmt::format(
        "{} records read, {} rejected{}",
        text(account.records_read),
        text(account.records_quarantined),
        account.rejoined > 0 ? fmt::format(", {} rejoined of two parts", text(account.rejoined))
                             : ""
    );
}

std::vector<std::string> account_lines(const FileAccount& account) {
    const auto text = [](std::uint64_t value) { return grouped(static_cast<std::int64_t>(value)); };
    TextTable table({"table", "read", "staged", "duplicates", "quarantined", "filtered"});
    for (const auto& row : account.tables) {
        table.add(
            {row.table,
             text(row.elements_read),
             text(row.staged),
             text(row.duplicates),
             text(row.quarantined),
             text(row.filtered)}
        );
    }
    auto lines = table.lines();
    for (const auto& row : account.tables) {
        for (const auto& [column, values] : row.discarded) {
            lines.push_back(
                fmt::format("{}: {} values of '{}' discarded", row.table, text(values), column)
            );
        }
    }
    return lines;
}

}  // namespace reel::warehouse
