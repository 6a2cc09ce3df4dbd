#include "graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "cycles.hpp"
#include "group_builder.hpp"
#include "reel/core/did_you_mean.hpp"

namespace reel::dagfile {
namespace {

/// A task, or a group as a whole.
struct Endpoint {
    bool is_group = false;
    std::size_t index = 0;
    auto operator<=>(const Endpoint&) const = default;
};

struct Dependency {
    Endpoint upstream;
    Endpoint downstream;
    core::SourcePosition at;
    std::size_t depth = 0;  ///< how many groups hold both ends
};

class Connector final {
  public:
    Connector(DagDraft& draft, Diagnostics& diagnostics)
        : draft_(draft), diagnostics_(diagnostics) {}

    EdgePositions connect() {
        for (const auto& [ends, at] : draft_.implied) {
            edges_.emplace(ends, at);
        }
        for (std::size_t i = 0; i < draft_.tasks.size(); ++i) {
            collect({.is_group = false, .index = i}, draft_.tasks[i].dependencies);
        }
        for (std::size_t i = 0; i < draft_.groups.size(); ++i) {
            collect({.is_group = true, .index = i}, draft_.groups[i].dependencies);
        }
        // What a group begins and ends with depends on the edges inside of it: tasks first, then
        // groups from the inside out.
        std::ranges::sort(found_, {}, [](const Dependency& dependency) {
            const bool has_group = dependency.upstream.is_group || dependency.downstream.is_group;
            const long long rank = has_group ? -static_cast<long long>(dependency.depth)
                                             : std::numeric_limits<long long>::min();
            return std::tuple(rank, dependency.at);
        });
        for (const Dependency& dependency : found_) {
            add_edges(dependency);
        }
        return std::move(edges_);
    }

  private:
    [[nodiscard]] std::vector<std::size_t> around(const Endpoint& end) const {
        return enclosing_groups(
            draft_, end.is_group ? draft_.groups[end.index].parent : draft_.tasks[end.index].group
        );
    }

    [[nodiscard]] bool is_inside(const Endpoint& inner, const Endpoint& group) const {
        const std::vector<std::size_t> chain = around(inner);
        return group.is_group && std::ranges::find(chain, group.index) != chain.end();
    }

    void collect(const Endpoint& downstream, const std::vector<Reference>& references) {
        for (const Reference& reference : references) {
            if (const std::optional<Endpoint> upstream = find(reference)) {
                add_dependency({*upstream, downstream, reference.at});
            }
        }
    }

    std::optional<Endpoint> find(const Reference& reference) {
        if (const auto task = draft_.find_task(reference.name)) {
            return Endpoint{.is_group = false, .index = *task};
        }
        if (const auto group = draft_.find_group(reference.name)) {
            return Endpoint{.is_group = true, .index = *group};
        }
        std::vector<std::string> names;
        names.reserve(draft_.tasks.size() + draft_.groups.size());
        for (const TaskDraft& task : draft_.tasks) {
            names.push_back(task.name);
        }
        for (const GroupDraft& group : draft_.groups) {
            names.push_back(group.name);
        }
        diagnostics_.add(
            reference.at,
            fmt::format("unknown dependency '{}'", reference.name),
            core::did_you_mean(reference.name, names)
        );
        return std::nullopt;
    }

    void add_dependency(Dependency dependency) {
        const Endpoint& upstream = dependency.upstream;
        const Endpoint& downstream = dependency.downstream;
        const bool is_same = upstream == downstream && upstream.is_group;
        if (is_same || is_inside(downstream, upstream) || is_inside(upstream, downstream)) {
            diagnostics_.add(
                dependency.at,
                fmt::format(
                    "{} and {} cannot wait for each other: one is inside the other",
                    describe(downstream),
                    describe(upstream)
                )
            );
            return;
        }
        const auto one = around(upstream);
        const auto other = around(downstream);
        const auto split = std::ranges::mismatch(one, other);
        dependency.depth = static_cast<std::size_t>(split.in1 - one.begin());
        found_.push_back(std::move(dependency));
    }

    [[nodiscard]] std::string describe(const Endpoint& end) const {
        return end.is_group ? fmt::format("task group '{}'", draft_.groups[end.index].name)
                            : fmt::format("task '{}'", draft_.tasks[end.index].name);
    }

    [[nodiscard]] std::vector<std::size_t> members(std::size_t group) const {
        std::vector<std::size_t> tasks;
        const Endpoint whole{.is_group = true, .index = group};
        for (std::size_t i = 0; i < draft_.tasks.size(); ++i) {
            if (is_inside({.is_group = false, .index = i}, whole)) {
                tasks.push_back(i);
            }
        }
        return tasks;
    }

    /// What waits for each task of a group, in that group.
    using Within = std::map<std::size_t, std::vector<std::size_t>>;

    [[nodiscard]] Within behind_within(const std::vector<std::size_t>& tasks) const {
        const std::set<std::size_t> all(tasks.begin(), tasks.end());
        Within behind;
        for (const auto& [ends, at] : edges_) {
            if (all.contains(ends.first) && all.contains(ends.second)) {
                behind[ends.first].push_back(ends.second);
            }
        }
        return behind;
    }

    /// The tasks of a group that wait for none of it.
    [[nodiscard]] std::vector<std::size_t> roots(const Endpoint& end) const {
        if (!end.is_group) {
            return {end.index};
        }
        std::vector<std::size_t> roots = members(end.index);
        for (const auto& [task, waiting] : behind_within(roots)) {
            for (const std::size_t other : waiting) {
                std::erase(roots, other);
            }
        }
        return roots;
    }

    [[nodiscard]] bool is_teardown(std::size_t task) const {
        return draft_.tasks[task].task.is_teardown;
    }

    /// Whether anything but teardowns stands behind a task; `seen` guards against cycles.
    [[nodiscard]] bool has_work_behind(
        const Within& behind, std::size_t task, std::set<std::size_t>& seen
    ) const {
        const auto found = behind.find(task);
        return found != behind.end() && std::ranges::any_of(found->second, [&](std::size_t down) {
                   return !is_teardown(down) ||
                          (seen.insert(down).second && has_work_behind(behind, down, seen));
               });
    }

    /// What ends a group. As in Airflow that is its work: whether it is taken down well matters to
    /// nobody behind it. Where nothing else is there, the teardowns end it.
    [[nodiscard]] std::vector<std::size_t> leaves(const Endpoint& end) const {
        if (!end.is_group) {
            return {end.index};
        }
        const std::vector<std::size_t> tasks = members(end.index);
        const Within behind = behind_within(tasks);
        std::vector<std::size_t> works;
        std::vector<std::size_t> last;
        for (const std::size_t task : tasks) {
            std::set<std::size_t> seen;
            const bool is_last = !behind.contains(task);
            if (is_last) {
                last.push_back(task);
            }
            const bool only_sets_up = draft_.tasks[task].task.is_setup && !is_last;
            if (!is_teardown(task) && !only_sets_up && !has_work_behind(behind, task, seen)) {
                works.push_back(task);
            }
        }
        return works.empty() ? last : works;
    }

    void add_edges(const Dependency& dependency) {
        const std::vector<std::size_t> upstreams = leaves(dependency.upstream);
        const std::vector<std::size_t> downstreams = roots(dependency.downstream);
        if (dependency.upstream.is_group && upstreams.empty()) {
            diagnostics_.add(
                dependency.at,
                fmt::format("{} has no task to wait for", describe(dependency.upstream))
            );
        }
        for (const std::size_t upstream : upstreams) {
            for (const std::size_t downstream : downstreams) {
                edges_.emplace(std::pair(upstream, downstream), dependency.at);
            }
        }
    }

    DagDraft& draft_;
    Diagnostics& diagnostics_;
    std::vector<Dependency> found_;
    EdgePositions edges_;
};

}  // namespace

void connect_tasks(DagDraft& draft, Diagnostics& diagnostics) {
    const EdgePositions edges = Connector(draft, diagnostics).connect();
    for (const auto& [ends, at] : edges) {
        draft.tasks[ends.second].task.upstream.push_back(static_cast<std::uint32_t>(ends.first));
        draft.tasks[ends.first].task.downstream.push_back(static_cast<std::uint32_t>(ends.second));
    }
    for (TaskDraft& task : draft.tasks) {
        std::ranges::sort(task.task.upstream);
        std::ranges::sort(task.task.downstream);
    }
    report_cycles(draft, edges, diagnostics);
}

}  // namespace reel::dagfile
