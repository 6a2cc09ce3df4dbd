#include "cycles.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reel::dagfile {
namespace {

enum class Mark { unseen, on_path, done };

struct Step {
    std::size_t task = 0;
    std::size_t next = 0;  ///< which of its downstreams comes next
};

/// A walk without recursion: a chain of ten thousand tasks is a fair DAG.
class CycleFinder final {
  public:
    CycleFinder(const DagDraft& draft, const EdgePositions& edges, Diagnostics& diagnostics)
        : draft_(draft),
          edges_(edges),
          diagnostics_(diagnostics),
          marks_(draft.tasks.size(), Mark::unseen) {}

    void walk_from(std::size_t start) {
        if (marks_[start] != Mark::unseen) {
            return;
        }
        enter(start);
        while (!path_.empty()) {
            Step& step = path_.back();
            const auto& downstream = draft_.tasks[step.task].task.downstream;
            if (step.next == downstream.size()) {
                marks_[step.task] = Mark::done;
                path_.pop_back();
                continue;
            }
            const std::size_t next = downstream[step.next++];
            if (marks_[next] == Mark::on_path) {
                report(next);
            } else if (marks_[next] == Mark::unseen) {
                enter(next);
            }
        }
    }

  private:
    void enter(std::size_t task) {
        marks_[task] = Mark::on_path;
        path_.push_back({task});
    }

    void report(std::size_t first) {
        constexpr int enough = 10;
        if (++reported_ > enough) {
            return;
        }
        const auto begin = std::ranges::find(path_, first, &Step::task);
        std::string cycle;
        for (auto step = begin; step != path_.end(); ++step) {
            cycle += draft_.tasks[step->task].name + " → ";
        }
        const auto at = edges_.find({path_.back().task, first});
        diagnostics_.add(
            at->second,
            fmt::format("cycle {}{}", cycle, draft_.tasks[first].name),
            "remove one of these dependencies"
        );
    }

    const DagDraft& draft_;
    const EdgePositions& edges_;
    Diagnostics& diagnostics_;
    std::vector<Mark> marks_;
    std::vector<Step> path_;
    int reported_ = 0;
};

}  // namespace

void report_cycles(const DagDraft& draft, const EdgePositions& edges, Diagnostics& diagnostics) {
    CycleFinder finder(draft, edges, diagnostics);
    for (std::size_t i = 0; i < draft.tasks.size(); ++i) {
        finder.walk_from(i);
    }
}

}  // namespace reel::dagfile
