#include "reel/core/absent_tasks.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

namespace reel::core {

namespace {

/// Until nothing is mapped over what will not be there.
void add_mapped_over_absent(const Dag& dag, AbsentTasks& absent) {
    const auto is_absent = [&](const MapSource& source) {
        return source.upstream && absent[*source.upstream];
    };
    for (bool has_grown = true; has_grown;) {
        has_grown = false;
        for (std::size_t i = 0; i < dag.tasks.size(); ++i) {
            const Mapping* mapping = dag.mapping_of(dag.tasks[i]);
            if (absent[i] || mapping == nullptr) continue;
            absent[i] = std::ranges::any_of(mapping->sources, is_absent);
            has_grown = has_grown || absent[i];
        }
    }
}

/// Works out what is right before each task that stays.
class Bridging final {
  public:
    Bridging(const Dag& dag, const AbsentTasks& absent, std::size_t most)
        : dag_(dag), absent_(absent), left_(most) {}

    using Tasks = std::vector<std::uint32_t>;

    Tasks before(std::uint32_t task) {
        for (const std::uint32_t up : dag_.tasks[task].upstream) {
            if (is_unknown(up)) learn(up);
        }
        return join(task);
    }
    [[nodiscard]] bool is_too_much() const { return is_too_much_; }

  private:
    /// An absent task whose upstreams are looked through.
    struct Step {
        std::uint32_t task = 0;
        std::size_t next = 0;
    };

    [[nodiscard]] bool is_unknown(std::uint32_t task) const {
        return absent_[task] && !known_.contains(task);
    }

    /// Without recursion: a file may name a chain of any length.
    void learn(std::uint32_t task) {
        std::vector<Step> open;
        const auto begin = [&](std::uint32_t one) {
            // In its place first: a file that is being checked may hold a circle.
            known_.try_emplace(one);
            open.push_back({.task = one});
        };
        begin(task);
        while (!open.empty()) {
            Step& step = open.back();
            const auto& upstream = dag_.tasks[step.task].upstream;
            if (step.next == upstream.size()) {
                known_[step.task] = join(step.task);
                open.pop_back();
            } else if (const std::uint32_t up = upstream[step.next++]; is_unknown(up)) {
                begin(up);
            }
        }
    }

    Tasks join(std::uint32_t task) {
        Tasks found;
        for (const std::uint32_t up : dag_.tasks[task].upstream) {
            if (is_too_much_) return {};
            if (absent_[up]) {
                const Tasks& more = known_.at(up);
                found.insert(found.end(), more.begin(), more.end());
            } else {
                found.push_back(up);
            }
        }
        is_too_much_ = is_too_much_ || found.size() > left_;
        left_ -= is_too_much_ ? 0 : found.size();
        std::ranges::sort(found);
        found.erase(std::ranges::unique(found).begin(), found.end());
        return found;
    }

    const Dag& dag_;
    const AbsentTasks& absent_;
    std::size_t left_;
    bool is_too_much_ = false;
    std::map<std::uint32_t, Tasks> known_;
};

}  // namespace

bool is_outside(const Task& task, Timestamp at) {
    return (task.start_date && at < *task.start_date) || (task.end_date && at > *task.end_date);
}

AbsentTasks tasks_outside(const Dag& dag, Timestamp logical_date) {
    AbsentTasks absent;
    for (const Task& task : dag.tasks) absent.push_back(is_outside(task, logical_date));
    if (std::ranges::find(absent, true) == absent.end()) return {};
    add_mapped_over_absent(dag, absent);
    return absent;
}

std::vector<Timestamp> dates_of_spans(const Dag& dag) {
    constexpr std::chrono::microseconds tick(1);
    std::set<Timestamp> dates;
    for (const Task& task : dag.tasks) {
        if (task.start_date) dates.insert(*task.start_date);
        if (task.end_date) dates.insert(*task.end_date + tick);
    }
    if (!dates.empty()) dates.insert(*dates.begin() - tick);
    return {dates.begin(), dates.end()};
}

std::optional<std::vector<std::vector<std::uint32_t>>> upstream_without(
    const Dag& dag, const AbsentTasks& absent, std::size_t most
) {
    Bridging bridging(dag, absent, most);
    std::vector<std::vector<std::uint32_t>> upstream(dag.tasks.size());
    for (std::uint32_t i = 0; i < dag.tasks.size(); ++i) {
        if (!absent[i]) upstream[i] = bridging.before(i);
        if (bridging.is_too_much()) return std::nullopt;
    }
    return upstream;
}

}  // namespace reel::core
