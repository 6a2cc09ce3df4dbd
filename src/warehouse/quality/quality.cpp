#include <algorithm>

#include <fmt/format.h>

#include "reel/warehouse/operations.hpp"
#include "warehouse/args.hpp"
#include "warehouse/failure.hpp"
#include "warehouse/identifiers.hpp"
#include "warehouse/quality/check.hpp"
#include "warehouse/quality/inspect.hpp"
#include "warehouse/registry.hpp"
#include "warehouse/schema.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

// $1…$6 identity, $7 table, $8 check, $9 severity, $10 status, $11 value, $12 expected,
// $13 failures, $14 examples, $15 message
constexpr std::string_view insert_result = R"(
INSERT INTO reel.quality_results (dag_id, run_id, task_id, map_index, try_number, attempt,
    table_name, check_name, severity, status, value, expected, failures, examples, message)
VALUES ($1, $2, $3, $4::integer, $5::integer, $6::bigint, $7, $8, $9, $10, $11, $12, $13::bigint,
    $14::text[], $15))";

std::string severity_of(const Check& check) {
    return check.severity == Severity::warn ? "warn" : "error";
}

void save(
    postgres::Link& link, const std::vector<CheckResult>& results, const LoadIdentity& identity
) {
    postgres::LinkTransaction transaction(link);
    for (const auto& result : results) {
        auto params = identity_params(identity);
        params.insert(
            params.end(),
            {result.check->table,
             result.check->name,
             severity_of(*result.check),
             std::string(to_string(result.status)),
             result.value(),
             result.check->expected,
             fmt::format("{}", result.failures),
             postgres::array_literal({result.examples.begin(), result.examples.end()}),
             result.message.empty() ? postgres::Param() : postgres::Param(result.message)}
        );
        link.exec(insert_result, params);
    }
    transaction.commit();
}

void log_results(const std::vector<CheckResult>& results, const OperationContext& context) {
    TextTable table({"status", "table", "check", "value", "expected"});
    for (const auto& result : results) {
        const auto& check = *result.check;
        table.add(
            {std::string(to_string(result.status)),
             check.table,
             check.name,
             result.value(),
             check.expected}
        );
    }
    for (const auto& line : table.lines()) {
        context.log(line);
    }
    for (const auto& result : results) {
        const auto label = fmt::format("{} {}", result.check->table, result.check->name);
        for (const auto& example : result.examples) {
            context.log(fmt::format("{}: for example {}", label, printable(example)));
        }
        if (!result.message.empty()) {
            context.log(fmt::format("{}: {}", label, result.message));
        }
    }
}

core::JsonText report_of(const std::vector<CheckResult>& results) {
    Json checks = Json::array();
    for (const auto& result : results) {
        checks.push_back(
            {{"table", result.check->table},
             {"check", result.check->name},
             {"severity", severity_of(*result.check)},
             {"status", to_string(result.status)},
             {"value", result.value()},
             {"expected", result.check->expected},
             {"failures", result.failures},
             {"examples", result.examples}}
        );
    }
    return {Json{{"checks", checks}}.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

core::Result<void> verdict(const std::vector<CheckResult>& results) {
    std::vector<std::string> lines;
    bool data_is_bad = false;
    for (const auto& result : results) {
        const bool failed = result.status == CheckStatus::fail;
        if (!failed && result.status != CheckStatus::error) {
            continue;
        }
        data_is_bad = data_is_bad || failed;
        const auto& check = *result.check;
        const auto found = failed ? fmt::format("{}, expected {}", result.value(), check.expected)
                                  : "cannot be checked: " + result.message;
        lines.push_back(fmt::format("{} {}: {}", check.table, check.name, found));
    }
    if (lines.empty()) {
        return {};
    }
    return core::fail(
        data_is_bad ? core::Errc::corrupt_data : core::Errc::invalid_argument,
        fmt::format(
            "{} of {} checks failed\n  {}", lines.size(), results.size(), fmt::join(lines, "\n  ")
        ),
        "reel.quality_results keeps every result with examples"
    );
}

}  // namespace

core::Result<core::JsonText> quality(const core::JsonText& args, const OperationContext& context) {
    const auto checks = parse_checks(args, context);
    if (!checks) {
        return std::unexpected(checks.error());
    }
    return guarded("quality", [&]() -> core::Result<core::JsonText> {
        postgres::Link link(context.uri, "reel quality");
        ensure_schema(link);
        const auto results = inspect(link, *checks);
        save(link, results, context.identity);
        log_results(results, context);
        if (const auto failed = verdict(results); !failed) {
            return std::unexpected(failed.error());
        }
        return report_of(results);
    });
}

}  // namespace reel::warehouse
