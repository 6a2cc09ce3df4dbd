#include "warehouse/stage/row_checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "warehouse/types/wire.hpp"

namespace reel::warehouse {

namespace {

constexpr const char* counted = "counted while the rows are read";

class Planner final {
  public:
    explicit Planner(const StageTableSpec& table) : table_(table) {}

    RowCheckPlan::Counting add(std::size_t check, const Check& about) {
        if (about.change || !about.rule) {
            return {
                .reason = about.rule_obstacle.empty() ? "needs more than one row at a time"
                                                      : about.rule_obstacle
            };
        }
        const RowRule& rule = *about.rule;
        if (rule.test == RowRule::Test::repeats) return by_key(about);
        std::vector<std::pair<std::size_t, RowCheckPlan::Step>> steps;
        for (const auto& name : rule.columns) {
            const auto column = std::ranges::find(table_.columns, name, &ColumnSpec::name);
            if (column == table_.columns.end()) {
                return {.reason = fmt::format("there is no column '{}'", name)};
            }
            RowCheckPlan::Step step{.check = check, .test = nullptr};
            if (rule.test != RowRule::Test::is_null) {
                auto made = make_field_rule(rule, column->encoder.type());
                if (!made) return {.reason = std::move(made.error())};
                step.test = *std::move(made);
            }
            steps.emplace_back(column - table_.columns.begin(), std::move(step));
        }
        for (auto& [place, step] : steps) {
            plan_.columns.resize(std::max(plan_.columns.size(), place + 1));
            plan_.columns[place].push_back(std::move(step));
        }
        return {.in_flight = true, .reason = counted};
    }

    RowCheckPlan take() { return std::move(plan_); }

  private:
    /// Each staged key is there once.
    [[nodiscard]] RowCheckPlan::Counting by_key(const Check& about) const {
        if (!is_kept_by_key(about, table_.key)) return {.reason = "needs all rows at once"};
        return {.in_flight = true, .by_key = true, .reason = kept_by_staged_key};
    }

    const StageTableSpec& table_;
    RowCheckPlan plan_;
};

}  // namespace

bool is_kept_by_key(const Check& check, const std::vector<std::string>& key) {
    if (!check.rule || check.change || check.rule->test != RowRule::Test::repeats) return false;
    const auto& columns = check.rule->columns;
    return !key.empty() && std::ranges::all_of(key, [&](const std::string& part) {
        return std::ranges::find(columns, part) != columns.end();
    });
}

RowCheckPlan plan_row_checks(const StageTableSpec& table, const std::vector<Check>& checks) {
    Planner planner(table);
    std::vector<RowCheckPlan::Counting> counting;
    counting.reserve(checks.size());
    for (std::size_t i = 0; i < checks.size(); ++i) counting.push_back(planner.add(i, checks[i]));
    auto plan = planner.take();
    plan.counting = std::move(counting);
    return plan;
}

void RowChecks::see(std::string_view fields) {
    ++row_;
    for (const auto& steps : columns_) {
        const auto length = read_wire<std::int32_t>(fields);
        fields.remove_prefix(sizeof length);
        const auto size = length < 0 ? std::size_t{0} : static_cast<std::size_t>(length);
        const std::string_view field = fields.substr(0, size);
        fields.remove_prefix(size);
        for (const auto& step : steps) {
            if ((step.test == nullptr) != (length < 0)) continue;
            const auto verdict =
                step.test == nullptr ? FieldVerdict::broken : step.test->judge(field);
            if (verdict == FieldVerdict::broken) mark(step.check);
            counts_[step.check].is_unknown |= verdict == FieldVerdict::unknown;
        }
    }
}

/// A row counts once, however many of its columns break the check.
void RowChecks::mark(std::size_t check) {
    if (std::exchange(last_[check], row_) != row_) ++counts_[check].broken;
}

void RowChecks::add(const RowChecks& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        counts_[i].broken += other.counts_[i].broken;
        counts_[i].is_unknown |= other.counts_[i].is_unknown;
    }
}

}  // namespace reel::warehouse
