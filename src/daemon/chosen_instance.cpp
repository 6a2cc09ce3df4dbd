#include "chosen_instance.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace reel::daemon {

ChosenInstance::ChosenInstance(
    boost::asio::any_io_executor loop,
    scheduler::TaskExecutor& tasks,
    const core::Clock& clock,
    std::optional<int> map_index
)
    : loop_(std::move(loop)), tasks_(tasks), clock_(clock), map_index_(map_index) {}

void ChosenInstance::listen(scheduler::TaskListener listener) {
    listener_ = listener;
    tasks_.listen(std::move(listener));
}

void ChosenInstance::expect(const std::vector<scheduler::AttemptOrder>& orders) {
    if (!map_index_) tasks_.expect(orders);
}

void ChosenInstance::start(scheduler::AttemptOrder order) {
    if (!map_index_ || order.key.map_index == *map_index_) return tasks_.start(std::move(order));
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
