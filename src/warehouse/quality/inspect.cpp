#include "warehouse/quality/inspect.hpp"

#include <charconv>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <ranges>

#include <fmt/format.h>

#include "reel/core/time.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

std::optional<double> number_of(const postgres::Param& cell) {
    if (!cell) {
        return std::nullopt;
    }
    double number = 0;
    const auto* const end = cell->data() + cell->size();
    const auto parsed = std::from_chars(cell->data(), end, number);
    return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional(number) : std::nullopt;
}

class Inspection {
  public:
    Inspection(postgres::Link& link, std::vector<CheckResult>& results)
        : link_(link), results_(results) {}

    void run() {
        const postgres::LinkTransaction transaction(link_);
        link_.exec("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
        std::map<std::string, std::vector<CheckResult*>> scans;
        for (auto& result : results_) {
            if (result.check->shape == CheckShape::aggregate) {
                scans[result.check->relation].push_back(&result);
            }
        }
        for (const auto& [relation, members] : scans) {
            scan(relation, members);
        }
        for (auto& result : results_) {
            if (result.check->shape != CheckShape::aggregate) {
                ask(result);
            }
        }
        for (auto& result : results_) {
            conclude(result);
        }
    }

  private:
    /// Runs `work` so that its failure leaves the transaction usable; gives the failure's message.
    std::optional<std::string> attempt(const std::function<void()>& work) {
        link_.exec("SAVEPOINT reel_check");
        try {
            work();
        } catch (const postgres::DatabaseError& failure) {
            using enum postgres::FailureKind;
            if (failure.kind() == transient || failure.kind() == in_doubt) {
                throw;
            }
            link_.exec("ROLLBACK TO SAVEPOINT reel_check");
            return failure.what();
        }
        link_.exec("RELEASE SAVEPOINT reel_check");
        return std::nullopt;
    }

    void scan(const std::string& relation, const std::vector<CheckResult*>& members) {
        const auto view = members | std::views::transform(&CheckResult::check);
        const std::vector<const Check*> checks(view.begin(), view.end());
        const auto failure = attempt([&] {
            const auto row = link_.exec(scan_sql(relation, checks));
            for (std::size_t i = 0; i < members.size(); ++i) {
                members[i]->number = number_of(row.at(0, i));
            }
        });
        if (!failure) {
            return;
        }
        if (members.size() == 1) {
            members.front()->status = CheckStatus::error;
            members.front()->message = *failure;
            return;
        }
        // One of them is wrong: each alone, to find out which.
        for (auto* member : members) {
            scan(relation, {member});
        }
    }

    void ask(CheckResult& result) {
        const auto& check = *result.check;
        const auto failure = attempt([&] {
            const bool by_rows = check.shape == CheckShape::rows;
            result.number =
                by_rows ? count_rows(check) : number_of(link_.exec(check.measure).at(0, 0));
        });
        if (failure) {
            result.status = CheckStatus::error;
            result.message = *failure;
        }
    }

    /// A query that gives one cell called `count` or `failures` has counted already.
    std::optional<double> count_rows(const Check& check) {
        const auto first =
            link_.exec(fmt::format("SELECT * FROM (\n{}\n) AS q LIMIT 2", check.measure));
        const auto& columns = first.columns();
        const bool counted = first.size() == 1 && columns.size() == 1 &&
                             (columns[0] == "count" || columns[0] == "failures");
        if (counted) {
            return number_of(first.at(0, 0));
        }
        return number_of(
            link_.exec(fmt::format("SELECT count(*) FROM (\n{}\n) AS q", check.measure)).at(0, 0)
        );
    }

    void conclude(CheckResult& result) {
        if (result.status == CheckStatus::error) {
            return;
        }
        judge(result);
        if (result.status == CheckStatus::pass || result.check->examples.empty()) {
            return;
        }
        const auto failure = attempt([&] {
            const auto rows = link_.exec(result.check->examples);
            for (std::size_t i = 0; i < rows.size(); ++i) {
                result.examples.push_back(rows.at(i, std::size_t{0}).value_or("NULL"));
            }
        });
        if (failure) {
            result.message = "no examples: " + *failure;
        }
    }

    postgres::Link& link_;
    std::vector<CheckResult>& results_;
};

}  // namespace

std::string_view to_string(CheckStatus status) {
    switch (status) {
        case CheckStatus::pass:
            return "pass";
        case CheckStatus::warn:
            return "warn";
        case CheckStatus::fail:
            return "fail";
        case CheckStatus::error:
            return "error";
    }
    return "error";
}

std::string CheckResult::value() const {
    if (!number) {
        return "none";
    }
    if (check->unit == CheckUnit::age) {
        const auto age = std::chrono::seconds(std::llround(*number));
        return core::format_duration(age);
    }
    return grouped(std::llround(*number));
}

std::string scan_sql(const std::string& relation, const std::vector<const Check*>& checks) {
    std::string measures;
    for (std::size_t i = 0; i < checks.size(); ++i) {
        measures += fmt::format("{}{} AS c{}", i == 0 ? "" : ", ", checks[i]->measure, i);
    }
    return fmt::format("SELECT {} FROM {} AS t", measures, relation);
}

void judge(CheckResult& result) {
    const auto& check = *result.check;
    const auto& number = result.number;
    const bool holds = number && (!check.least || *number >= *check.least) &&
                       (!check.most || *number <= *check.most);
    if (holds) {
        return;
    }
    result.status = check.severity == Severity::warn ? CheckStatus::warn : CheckStatus::fail;
    const bool counts_failures = number && check.most == 0.0 && !check.least;
    result.failures = counts_failures ? std::llround(*number) : 1;
}

std::vector<CheckResult> inspect(postgres::Link& link, const std::vector<Check>& checks) {
    std::vector<CheckResult> results;
    for (const auto& check : checks) {
        results.emplace_back().check = &check;
    }
    Inspection(link, results).run();
    return results;
}

}  // namespace reel::warehouse
