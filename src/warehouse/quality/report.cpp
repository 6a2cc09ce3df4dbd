#include "warehouse/quality/report.hpp"

#include <fmt/format.h>

#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

Json number_json(const std::optional<double>& number) {
    return number ? Json(*number) : Json();
}

}  // namespace

std::string severity_of(const Check& check) {
    return check.severity == Severity::warn ? "warn" : "error";
}

void log_results(const std::vector<CheckResult>& results, const OperationContext& context) {
    TextTable table({"status", "table", "check", "value", "expected", "ms"});
    for (const auto& result : results) {
        const auto& check = *result.check;
        table.add(
            {std::string(to_string(result.status)),
             check.table,
             check.name,
             result.value(),
             check.expected,
             fmt::format("{:.0f}", result.milliseconds)}
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
        if (!result.stored.empty()) {
            context.log(fmt::format("{}: failing rows are in {}", label, result.stored));
        }
        // That a constraint proves a check is no news.
        const bool is_news = result.status != CheckStatus::pass || result.check->change ||
                             result.check->store_failures;
        if (!result.message.empty() && is_news) {
            context.log(fmt::format("{}: {}", label, result.message));
        }
    }
}

Json checks_json(const std::vector<CheckResult>& results) {
    Json checks = Json::array();
    for (const auto& result : results) {
        const auto& check = *result.check;
        checks.push_back(
            {{"table", check.table},
             {"check", check.name},
             {"kind", check.kind},
             {"severity", severity_of(check)},
             {"status", to_string(result.status)},
             {"value", result.value()},
             {"number", number_json(result.number)},
             {"expected", check.expected},
             {"failures", result.failures},
             {"examples", result.examples},
             {"message", result.message},
             {"sql", result.sql()},
             {"milliseconds", result.milliseconds},
             {"failures_table", result.stored.empty() ? Json() : Json(result.stored)}}
        );
    }
    return checks;
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

}  // namespace reel::warehouse
