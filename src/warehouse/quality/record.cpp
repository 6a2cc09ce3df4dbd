#include "warehouse/quality/record.hpp"

#include <fmt/format.h>

#include "reel/core/ascii.hpp"
#include "warehouse/identifiers.hpp"
#include "warehouse/quality/report.hpp"
#include "warehouse/registry.hpp"
#include "warehouse/stage/staging_sql.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t max_identifier_bytes = 63;
constexpr std::size_t hash_digits = 8;

// $1…$6 identity, $7 table, $8 check, $9 kind, $10 severity, $11 status, $12 value, $13 expected,
// $14 failures, $15 examples, $16 message, $17 number, $18 total, $19 SQL, $20 milliseconds,
// $21 table of the failing rows
constexpr std::string_view insert_result = R"(
INSERT INTO reel.quality_results (dag_id, run_id, task_id, map_index, try_number, attempt,
    table_name, check_name, kind, severity, status, value, expected, failures, examples, message,
    number, total, sql, milliseconds, failures_table)
VALUES ($1, $2, $3, $4::integer, $5::integer, $6::bigint, $7, $8, $9, $10, $11, $12, $13,
    $14::bigint, $15::text[], $16, $17::float8, $18::float8, $19, $20::float8, $21))";

// $1 name: two runs that store the same check's rows take turns.
constexpr std::string_view lock_failures =
    "SELECT pg_advisory_xact_lock(hashtextextended('reel.failures ' || $1, 0))";

postgres::Param text_or_null(const std::string& text) {
    return text.empty() ? postgres::Param() : postgres::Param(text);
}

postgres::Param number_or_null(const std::optional<double>& number) {
    return number ? postgres::Param(fmt::format("{}", *number)) : postgres::Param();
}

/// Letters, digits and single underscores.
std::string slug(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const char lower = core::to_lower(c);
        if ((lower >= 'a' && lower <= 'z') || core::is_digit(lower)) {
            out += lower;
        } else if (!out.empty() && out.back() != '_') {
            out += '_';
        }
    }
    return out.ends_with('_') ? out.substr(0, out.size() - 1) : out;
}

void store_rows(postgres::Link& link, CheckResult& result, const std::string& table) {
    const auto& check = *result.check;
    link.exec(lock_failures, {table});
    link.exec("SET LOCAL client_min_messages = warning");
    link.exec("DROP TABLE IF EXISTS " + table);
    if (result.failures == 0) {
        return;
    }
    const auto limit = check.limit ? fmt::format(" LIMIT {}", *check.limit) : "";
    link.exec(
        fmt::format("CREATE TABLE {} AS SELECT * FROM (\n{}\n) AS q{}", table, check.failing, limit)
    );
    result.stored = table;
}

void store_failures(postgres::Link& link, CheckResult& result, const LoadIdentity& identity) {
    const auto& check = *result.check;
    if (!check.store_failures || result.status == CheckStatus::error) {
        return;
    }
    if (result.counted) {
        result.message = "no rows to store: the query counts";
        return;
    }
    const auto table = "reel." + quote_identifier(failures_table(check, identity));
    const auto failure = attempt(link, [&] { store_rows(link, result, table); });
    if (failure) {
        result.message = "rows not stored: " + *failure;
    }
}

}  // namespace

std::string failures_table(const Check& check, const LoadIdentity& identity) {
    const auto& key = identity.key;
    const auto whole = fmt::format(
        "{}\n{}\n{}\n{}\n{}",
        key.dag_id.str(),
        key.task_id.str(),
        key.map_index,
        check.table,
        check.name
    );
    const auto tail = "_" + short_hash(whole).substr(0, hash_digits);
    const auto head = "failures_" + slug(check.table + "_" + check.name);
    return head.substr(0, max_identifier_bytes - tail.size()) + tail;
}

void record(postgres::Link& link, std::vector<CheckResult>& results, const LoadIdentity& identity) {
    for (auto& result : results) {
        store_failures(link, result, identity);
    }
    for (const auto& result : results) {
        const auto& check = *result.check;
        auto params = identity_params(identity);
        params.insert(
            params.end(),
            {check.table,
             check.name,
             check.kind,
             severity_of(check),
             std::string(to_string(result.status)),
             result.value(),
             check.expected,
             fmt::format("{}", result.failures),
             postgres::array_literal({result.examples.begin(), result.examples.end()}),
             text_or_null(result.message),
             number_or_null(result.number),
             number_or_null(result.total),
             result.sql(),
             fmt::format("{:.3f}", result.milliseconds),
             text_or_null(result.stored)}
        );
        link.exec(insert_result, params);
    }
}

}  // namespace reel::warehouse
