// What Attempts does for those that are about to be started, while their commit is under way.

#include <boost/asio/post.hpp>
#include <utility>

#include "attempt_log.hpp"
#include "attempts.hpp"
#include "render.hpp"

namespace reel::executor {

namespace asio = boost::asio;

namespace {

/// In a crowd nobody waits for one log alone, and a word of its own for each would cost more.
constexpr std::size_t most_logs_ahead = 4;

}  // namespace

/// Later, for the commit is to be under way first.
void Attempts::expect(const std::vector<scheduler::AttemptOrder>& orders) {
    expected_.clear();
    std::vector<scheduler::AttemptOrder> plain;
    for (const scheduler::AttemptOrder& order : orders) {
        // What reads the store must not read before the commit.
        if (is_rendered_at_once(order)) {
            plain.push_back(order);
        }
    }
    if (plain.empty() || !attached_) {
        return;
    }
    asio::post(io_, [self = shared_from_this(), plain = std::move(plain)] {
        for (const scheduler::AttemptOrder& order : plain) {
            self->prepare_ahead(order, plain.size() <= most_logs_ahead);
        }
    });
}

void Attempts::prepare_ahead(const scheduler::AttemptOrder& order, bool is_awaited) {
    if (stopping_ || live_.contains(order.attempt) || reported_.contains(order.attempt)) {
        return;
    }
    Expected expected{.began_at = ports_.clock->now(), .prepared = prepare_once(order)};
    auto* const process = std::get_if<runner::ProcessSpec>(&expected.prepared.result);
    // A mistake is found once more, and told, when the attempt begins.
    if (process == nullptr) {
        return;
    }
    process->log_header = header_line(order, ports_.hostname, expected.began_at);
    if (is_awaited && attached_ && may_act()) {
        client_->expect(*process);
    }
    expected_.emplace(order.attempt, std::move(expected));
}

bool Attempts::begin_as_expected(LiveAttempt& live) {
    auto found = expected_.extract(live.order.attempt);
    if (!found) {
        return false;
    }
    live.began_at = found.mapped().began_at;
    settle(live.order.attempt, std::move(found.mapped().prepared));
    return true;
}

}  // namespace reel::executor
