#include "term.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "reel/async/until_first_end.hpp"
#include "reel/warehouse/operations.hpp"
#include "settings.hpp"
#include "task_executor.hpp"

namespace reel::daemon {

namespace asio = boost::asio;

namespace {

executor::ExecutorOptions options_of_term(const Term::Parts& parts, Whereabouts whereabouts) {
    auto options = executor_options(parts.config, parts.databases);
    options.may_act = parts.may_act;
    options.runner.may_hold = parts.may_act;
    options.elsewhere = [whereabouts = std::move(whereabouts)](core::AttemptId attempt) {
        return whereabouts.elsewhere(attempt);
    };
    return options;
}

/// What drops staged tables that failed runs have left in the default warehouse; null without one.
std::function<void(core::Timestamp)> staged_dropper(std::string uri, store::RunStore& store) {
    if (uri.empty()) return {};
    return [uri = std::move(uri), &store](core::Timestamp before) {
        const auto spared = store::active_runs(store);
        if (const auto done = warehouse::drop_staged_before(uri, before, spared, false); !done) {
            spdlog::warn("staged tables are kept for now: {}", done.error().describe());
        }
    };
}

}  // namespace

Term::Term(
    const Parts& parts,
    std::unique_ptr<store::RunStore> store,
    store::Epoch epoch,
    Whereabouts whereabouts
)
    : executor_(parts.executor),
      store_(std::move(store)),
      notifier_(executor::make_notifier(
          parts.executor,
          parts.pool,
          *store_,
          parts.clock,
          notifier_options(parts.config, parts.databases, parts.address)
      )),
      tasks_(make_task_executor(
          parts.config,
          parts.databases,
          options_of_term(parts, std::move(whereabouts)),
          parts.executor,
          parts.pool,
          parts.reader,
          epoch
      )),
      scheduler_(scheduler::make_scheduler(
          {.executor = parts.executor,
           .pool = parts.pool,
           .store = *store_,
           .tasks = *tasks_,
           .clock = parts.clock,
           .callbacks_due = [this] { notifier_->notify(); },
           .may_act = parts.may_act},
          {.parallelism = static_cast<int>(parts.config.integer("core", "parallelism")),
           .max_map_length =
               static_cast<std::size_t>(parts.config.integer("core", "max_map_length")),
           .paused_at_creation = parts.config.boolean("core", "dags_are_paused_at_creation")}
      )),
      catalog_(
          {.executor = parts.executor,
           .pool = parts.pool,
           .store = *store_,
           .scheduler = *scheduler_,
           .clock = parts.clock},
          parts.config.path("core", "dags_folder"),
          dagfile::load_options(parts.config)
      ),
      housekeeping_(
          {.executor = parts.executor,
           .pool = parts.pool,
           .store = *store_,
           .clock = parts.clock,
           .remove_runs = [this](store::RunExpiry expiry
                          ) { return scheduler_->remove_expired_runs(expiry); },
           .drop_staged = staged_dropper(parts.databases.warehouse, *store_)},
          read_retention(parts.config),
          {parts.config.path("logging", "base_log_folder"), parts.config.path("core", "data_folder")
          }
      ) {
    tasks_->reach(*scheduler_);
}

asio::awaitable<void> Term::run() {
    return async::until_first_end(
        scheduler_->run(), catalog_.watch(), housekeeping_.run(), notifier_->run()
    );
}

asio::awaitable<void> Term::abandon() {
    tasks_->abandon();
    scheduler_->abandon();
    co_await tasks_->idle();
    // What timers have put into the queue by now still refers to the scheduler.
    co_await asio::post(executor_, asio::use_awaitable);
}

}  // namespace reel::daemon
