#include <boost/asio/use_awaitable.hpp>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <variant>

#include "loop.hpp"
#include "loop_insist.hpp"

namespace reel::scheduler {

namespace asio = boost::asio;

asio::awaitable<void> Loop::set_dags(std::vector<core::Dag> dags) {
    const auto now = parts_.clock.now();
    auto scheduled = co_await insist([this, now, dags = std::move(dags)] {
        std::vector<core::DagId> present;
        for (const auto& dag : dags) present.push_back(dag.dag_id);
        parts_.store.save_dags(dags, config_.paused_at_creation, now);
        parts_.store.mark_stale_except(present);
        store::DagFilter all;
        all.page.limit = std::numeric_limits<int>::max();
        std::map<core::DagId, store::DagRecord> records;
        for (auto& record : parts_.store.list_dags(all).items) {
            const core::DagId dag_id = record.dag.dag_id;
            records.emplace(dag_id, std::move(record));
        }
        std::vector<ScheduledDag> result;
        for (const auto& dag : dags) {
            const auto record = records.find(dag.dag_id);
            if (record == records.end()) continue;
            std::optional<store::RunRecord> last;
            if (!std::holds_alternative<core::NoSchedule>(dag.schedule)) {
                last = parts_.store.latest_scheduled_run(dag.dag_id);
            }
            result.push_back({
                .dag = std::make_shared<const core::Dag>(dag),
                .is_paused = record->second.is_paused,
                .version_number = record->second.version_number,
                .last_scheduled = last ? last->data_interval : std::nullopt,
            });
        }
        return result;
    });
    planner_.set_dags(std::move(scheduled), parts_.clock.now());
    nudge_.notify();
}

}  // namespace reel::scheduler
