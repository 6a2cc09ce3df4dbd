#include "warehouse/quality/inspect.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace reel::warehouse {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t few_examples = 5;
constexpr std::int64_t most_examples = 100;

/// NaN is no number: no bound would ever be broken by it.
std::optional<double> number_of(const postgres::Param& cell) {
    if (!cell) {
        return std::nullopt;
    }
    double number = 0;
    const auto* const end = cell->data() + cell->size();
    const auto parsed = std::from_chars(cell->data(), end, number);
    const bool whole = parsed.ec == std::errc{} && parsed.ptr == end && !std::isnan(number);
    return whole ? std::optional(number) : std::nullopt;
}

/// A cell of a shared scan: a check's number, or the rows that its percentage is of.
struct ScanCell {
    CheckResult* result;
    std::optional<double> CheckResult::* target;
    std::string measure;
};

class Inspection {
  public:
    Inspection(
        postgres::Link& link, std::vector<CheckResult>& results, const LoadIdentity& identity
    )
        : link_(link), results_(results), identity_(identity) {}

    void run() {
        for (const auto& [relation, cells] : gather_scans()) {
            scan(relation, cells);
        }
        for (auto& result : results_) {
            if (result.check->shape != CheckShape::aggregate && !result.is_known) {
                ask(result);
            }
        }
        for (auto& result : results_) {
            conclude(result);
        }
    }

  private:
    std::map<std::string, std::vector<ScanCell>> gather_scans() {
        std::map<std::string, std::vector<ScanCell>> scans;
        for (auto& result : results_) {
            const auto& check = *result.check;
            if (result.is_known) {
                continue;
            }
            auto& cells = scans[check.relation];
            if (check.shape == CheckShape::aggregate) {
                cells.push_back({&result, &CheckResult::number, check.measure});
            }
            if (check.percent_of == PercentOf::rows && check.uses_percent()) {
                cells.push_back({&result, &CheckResult::total, check.total});
            }
        }
        std::erase_if(scans, [](const auto& entry) { return entry.second.empty(); });
        return scans;
    }

    /// As attempt(), with the time that it took and the message in every result.
    bool measure(const std::vector<CheckResult*>& results, const std::function<void()>& work) {
        const auto begin = Clock::now();
        const auto failure = attempt(link_, work);
        const std::chrono::duration<double, std::milli> took = Clock::now() - begin;
        for (auto* result : results) {
            result->milliseconds += took.count();
            if (failure) {
                result->status = CheckStatus::error;
                result->message = *failure;
            }
        }
        return !failure;
    }

    void scan(const std::string& relation, const std::vector<ScanCell>& cells) {
        std::vector<std::string> measures;
        std::vector<std::size_t> places;
        std::vector<CheckResult*> members;
        for (const auto& cell : cells) {
            const auto found = std::ranges::find(measures, cell.measure);
            places.push_back(static_cast<std::size_t>(found - measures.begin()));
            if (found == measures.end()) {
                measures.push_back(cell.measure);
            }
            if (std::ranges::find(members, cell.result) == members.end()) {
                members.push_back(cell.result);
            }
        }
        const auto read = [&] {
            const auto row = link_.exec(scan_sql(relation, measures));
            for (std::size_t i = 0; i < cells.size(); ++i) {
                cells[i].result->*cells[i].target = number_of(row.at(0, places[i]));
            }
        };
        if (cells.size() == 1) {
            measure(members, read);
        } else if (!measure(members, read)) {
            scan_alone(relation, cells, members);
        }
    }

    /// One of them is wrong: each alone, to find out which.
    void scan_alone(
        const std::string& relation,
        const std::vector<ScanCell>& cells,
        const std::vector<CheckResult*>& members
    ) {
        for (auto* member : members) {
            member->status = CheckStatus::pass;
            member->message.clear();
            member->milliseconds = 0;
        }
        for (const auto& cell : cells) {
            scan(relation, {cell});
        }
    }

    void ask(CheckResult& result) {
        const auto& check = *result.check;
        measure({&result}, [&] {
            if (!check.proof.empty()) {
                const auto proof = link_.exec(check.proof);
                if (!proof.empty()) {
                    result.number = 0;
                    result.message = fmt::format("{} keeps it", proof.at(0, "name").value());
                    return;
                }
            }
            result.number = check.shape == CheckShape::rows
                                ? count_rows(result)
                                : number_of(link_.exec(check.measure).at(0, 0));
        });
    }

    /// A query that gives one cell called `count` or `failures` has counted already.
    std::optional<double> count_rows(CheckResult& result) {
        const auto& query = result.check->measure;
        const auto first = link_.exec(fmt::format("SELECT * FROM (\n{}\n) AS q LIMIT 2", query));
        const auto& columns = first.columns();
        result.counted = first.size() == 1 && columns.size() == 1 &&
                         (columns[0] == "count" || columns[0] == "failures");
        if (result.counted) {
            return number_of(first.at(0, 0));
        }
        return number_of(
            link_.exec(fmt::format("SELECT count(*) FROM (\n{}\n) AS q", query)).at(0, 0)
        );
    }

    void conclude(CheckResult& result) {
        if (result.status == CheckStatus::error) {
            return;
        }
        if (result.check->change && result.number) {
            look_back(result);
        }
        judge(result);
        if (result.status != CheckStatus::pass && !result.check->examples.empty()) {
            show_examples(result);
        }
    }

    void look_back(CheckResult& result) {
        const auto& rule = *result.check->change;
        const auto earlier = read_history(link_, *result.check, identity_);
        result.change = compare(rule, *result.number, earlier);
        if (!result.change) {
            result.message =
                fmt::format("{} earlier runs, too few to compare with", earlier.size());
            return;
        }
        const auto& [baseline, by] = *result.change;
        result.message = fmt::format(
            "{} of {} runs was {}, this is {:+.6g}{}",
            rule.against == ChangeRule::Against::mad    ? "the median"
            : rule.against == ChangeRule::Against::mean ? "the mean"
                                                        : "the newest",
            earlier.size(),
            core::number_text(baseline),
            by,
            rule.against == ChangeRule::Against::mad ? " deviations" : ""
        );
    }

    void show_examples(CheckResult& result) {
        const auto& check = *result.check;
        const auto limit = std::min(check.limit.value_or(few_examples), most_examples);
        const auto failure = attempt(link_, [&] {
            const auto rows = link_.exec(fmt::format("{} LIMIT {}", check.examples, limit));
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
    const LoadIdentity& identity_;
};

}  // namespace

std::optional<std::string> attempt(postgres::Link& link, const std::function<void()>& work) {
    link.exec("SAVEPOINT reel_check");
    try {
        work();
    } catch (const postgres::DatabaseError& failure) {
        using enum postgres::FailureKind;
        if (failure.kind() == transient || failure.kind() == in_doubt) {
            throw;
        }
        link.exec("ROLLBACK TO SAVEPOINT reel_check");
        link.exec("RELEASE SAVEPOINT reel_check");
        return failure.what();
    }
    link.exec("RELEASE SAVEPOINT reel_check");
    return std::nullopt;
}

std::string scan_sql(const std::string& relation, const std::vector<std::string>& measures) {
    std::string list;
    for (std::size_t i = 0; i < measures.size(); ++i) {
        list += fmt::format("{}{} AS c{}", i == 0 ? "" : ", ", measures[i], i);
    }
    return fmt::format("SELECT {} FROM {} AS t", list, relation);
}

std::vector<CheckResult> inspect(
    postgres::Link& link,
    const std::vector<Check>& checks,
    const LoadIdentity& identity,
    const std::map<std::size_t, KnownNumber>& known
) {
    std::vector<CheckResult> results(checks.size());
    for (std::size_t i = 0; i < checks.size(); ++i) {
        results[i].check = &checks[i];
    }
    for (const auto& [place, number] : known) {
        auto& result = results[place];
        result.is_known = true;
        result.number = number.number;
        result.total = number.total;
        result.message = number.how;
    }
    // What a check's SQL calls must not change anything; going back ends that again.
    link.exec("SAVEPOINT reel_inspect");
    link.exec("SET LOCAL transaction_read_only = on");
    Inspection(link, results, identity).run();
    link.exec("ROLLBACK TO SAVEPOINT reel_inspect");
    link.exec("RELEASE SAVEPOINT reel_inspect");
    return results;
}

}  // namespace reel::warehouse
