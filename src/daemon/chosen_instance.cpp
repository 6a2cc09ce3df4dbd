#include "chosen_instance.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <iterator>
#include <utility>

namespace reel::daemon {

ChosenInstance::ChosenInstance(
    boost::asio::any_io_executor loop,
    scheduler::TaskExecutor& tasks,
    const core::Clock& clock,
    core::DagId dag_id,
    std::optional<int> map_index
)
    : loop_(std::move(loop)),
      tasks_(tasks),
      clock_(clock),
      dag_id_(std::move(dag_id)),
      map_index_(map_index) {}

bool ChosenInstance::is_chosen(const core::TaskKey& key) const {
    return !map_index_ || key.dag_id != dag_id_ || key.map_index == *map_index_;
}

void ChosenInstance::listen(scheduler::TaskListener listener) {
    listener_ = listener;
    tasks_.listen(std::move(listener));
}

void ChosenInstance::expect(const std::vector<scheduler::AttemptOrder>& orders) {
    std::vector<scheduler::AttemptOrder> chosen;
    std::ranges::copy_if(orders, std::back_inserter(chosen), [this](const auto& order) {
        return is_chosen(order.key);
    });
    tasks_.expect(chosen);
}

void ChosenInstance::start(scheduler::AttemptOrder order) {
    if (is_chosen(order.key)) return tasks_.start(std::move(order));
    scheduler::AttemptEnded ended{
        .attempt = order.attempt,
        .key = std::move(order.key),
        .outcome = scheduler::TaskOutcome::skipped,
        .at = clock_.now(),
        .message = "another map index was asked for"
    };
    boost::asio::post(loop_, [this, ended = std::move(ended)] { listener_.ended(ended); });
}

void ChosenInstance::cancel(core::AttemptId attempt) {
    tasks_.cancel(attempt);
}

void ChosenInstance::release(core::AttemptId attempt) {
    tasks_.release(attempt);
}

void ChosenInstance::end_lingering(const std::vector<store::LingeringAttempt>& attempts) {
    tasks_.end_lingering(attempts);
}

boost::asio::awaitable<void> ChosenInstance::adopt(std::vector<scheduler::AttemptOrder> orders) {
    co_await tasks_.adopt(std::move(orders));
}

void ChosenInstance::run_ended(const store::RunRecord& run, std::shared_ptr<const core::Dag> dag) {
    tasks_.run_ended(run, std::move(dag));
}

void ChosenInstance::assets_have_news(const std::vector<std::string>& uris) {
    tasks_.assets_have_news(uris);
}

std::optional<std::string> ChosenInstance::explain(core::AttemptId attempt) const {
    return tasks_.explain(attempt);
}

}  // namespace reel::daemon
