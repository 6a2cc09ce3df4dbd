#include "warehouse/quality/history.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

namespace reel::warehouse {

namespace {

using Against = ChangeRule::Against;

constexpr std::size_t fewest_for_mad = 3;
// They make both deviations one standard deviation of what is normally distributed.
constexpr double mad_scale = 1.4826;
constexpr double mean_deviation_scale = 1.2533;

// $1 dag, $2 task, $3 map index, $4 table, $5 check, $6 this run, $7 how many
constexpr std::string_view select_earlier = R"(
SELECT number::text AS number FROM (
    SELECT DISTINCT ON (run_id) id, number FROM reel.quality_results
    WHERE dag_id = $1 AND task_id = $2 AND map_index = $3::integer
      AND table_name = $4 AND check_name = $5 AND run_id <> $6
      AND number IS NOT NULL AND status IN ('pass', 'warn')
    ORDER BY run_id, id DESC) AS runs
ORDER BY id DESC LIMIT $7::integer)";

double mean_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median_of(std::vector<double> values) {
    std::ranges::sort(values);
    const auto middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// Deviations from the median; the mean one where the median one is 0, as in a history that nearly
/// always says the same.
Change in_deviations(double number, const std::vector<double>& earlier) {
    const double median = median_of(earlier);
    std::vector<double> deviations(earlier.size());
    std::ranges::transform(earlier, deviations.begin(), [&](double value) {
        return std::abs(value - median);
    });
    const double mad = median_of(deviations);
    const double unit = mad > 0 ? mad * mad_scale : mean_of(deviations) * mean_deviation_scale;
    const double by = number - median;
    if (by == 0 || unit > 0) {
        return {median, by == 0 ? 0 : by / unit};
    }
    return {median, std::copysign(std::numeric_limits<double>::infinity(), by)};
}

}  // namespace

std::string describe(const ChangeRule& rule) {
    switch (rule.against) {
        case Against::last:
            return "the last run";
        case Against::mean:
            return fmt::format("the mean of {} runs", rule.runs);
        case Against::mad:
            return fmt::format("the median of {} runs, in deviations", rule.runs);
    }
    return {};
}

std::vector<double> read_history(
    postgres::Link& link, const Check& check, const LoadIdentity& identity
) {
    const auto& key = identity.key;
    const auto rows = link.exec(
        select_earlier,
        {key.dag_id.str(),
         key.task_id.str(),
         fmt::format("{}", key.map_index),
         check.table,
         check.name,
         key.run_id.str(),
         fmt::format("{}", check.change->runs)}
    );
    std::vector<double> numbers;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string text = rows.at(i, "number").value();
        double number = 0;
        std::from_chars(text.data(), text.data() + text.size(), number);
        numbers.push_back(number);
    }
    return numbers;
}

std::optional<Change> compare(
    const ChangeRule& rule, double number, const std::vector<double>& earlier
) {
    const std::size_t fewest = rule.against == Against::mad ? fewest_for_mad : 1;
    if (earlier.size() < fewest) {
        return std::nullopt;
    }
    switch (rule.against) {
        case Against::last:
            return Change{earlier.front(), number - earlier.front()};
        case Against::mean:
            return Change{mean_of(earlier), number - mean_of(earlier)};
        case Against::mad:
            return in_deviations(number, earlier);
    }
    return std::nullopt;
}

}  // namespace reel::warehouse
