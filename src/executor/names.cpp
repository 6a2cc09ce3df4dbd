#include "names.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "attempt_log.hpp"
#include "instance_name.hpp"
#include "outcome.hpp"
#include "reel/async/quietly.hpp"
#include "reel/postgres/error.hpp"

namespace reel::executor {

namespace asio = boost::asio;
using scheduler::TaskOutcome;

bool is_named(const scheduler::AttemptOrder& order) {
    return order.key.map_index >= 0 && !order.task().map_index_template.empty();
}

scheduler::AttemptEnded with_name(
    scheduler::AttemptEnded ended, const core::Result<std::string>& name
) {
    if (name) {
        ended.rendered_map_index = *name;
    } else if (ended.outcome == TaskOutcome::succeeded) {
        ended.outcome = TaskOutcome::failed_finally;
        ended.message = name.error().describe();
        ended.branch.reset();
    }
    return ended;
}

Names::Names(
    const asio::any_io_executor& executor,
    async::BlockingPool& pool,
    store::RunStore& store,
    ExecutorOptions options,
    NamePorts ports
)
    : io_(executor),
      pool_(pool),
      store_(store),
      options_(std::move(options)),
      ports_(std::move(ports)) {}

void Names::name(scheduler::AttemptOrder order, scheduler::AttemptEnded ended) {
    if (stopping_) {
        return;
    }
    auto instance = std::make_shared<const Unnamed>(std::move(order), std::move(ended));
    asio::co_spawn(
        io_,
        [this, instance] { return find_name(instance); },
        [self = shared_from_this()](const std::exception_ptr& failure) {
            try {
                if (failure) {
                    std::rethrow_exception(failure);
                }
            } catch (const std::exception& error) {
                spdlog::error("naming an instance failed reason={}", error.what());
            }
        }
    );
}

core::Result<std::string> Names::look(const Unnamed& instance) {
    SecretMask mask;
    try {
        return render_instance_name(instance.order, instance.ended.xcoms, store_, options_, mask);
    } catch (const postgres::DatabaseError& error) {
        const auto code = is_away(error) ? core::Errc::unavailable : core::Errc::internal;
        return core::fail(code, mask.apply(error.what()));
    } catch (const std::exception& error) {
        return core::fail(core::Errc::internal, mask.apply(error.what()));
    }
}

asio::awaitable<void> Names::find_name(std::shared_ptr<const Unnamed> instance) {
    for (int tries = 1; !stopping_; ++tries) {
        const auto found = co_await pool_.run([this, instance] { return look(*instance); });
        if (stopping_) {
            co_return;
        }
        if (!found && found.error().code == core::Errc::unavailable) {
            spdlog::warn("an instance waits for its name: {}", found.error().message);
            co_await pause(tries);
            continue;
        }
        write_log(*instance, found);
        if (done_) {
            done_(with_name(instance->ended, found));
        }
        co_return;
    }
}

void Names::write_log(const Unnamed& instance, const core::Result<std::string>& name) const {
    const std::string text =
        fmt::format("map_index_template: {}", name ? *name : name.error().describe());
    append_to_log(
        find_log(options_.logs, instance.order.key, instance.order.try_number),
        log_line(ports_.clock->now(), name ? "INFO" : "ERROR", text)
    );
}

asio::awaitable<void> Names::pause(int tries) {
    const auto timer = std::make_shared<asio::steady_timer>(io_, ports_.backoff(tries));
    pauses_.insert(timer);
    co_await timer->async_wait(async::quietly);
    pauses_.erase(timer);
}

void Names::abandon() {
    stopping_ = true;
    done_ = {};
    for (const auto& timer : pauses_) {
        timer->cancel();
    }
}

}  // namespace reel::executor
