#include "services.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "home.hpp"
#include "reel/async/quietly.hpp"
#include "reel/async/until_first_end.hpp"
#include "reel/core/proc_file.hpp"
#include "reel/runner/footprint.hpp"
#include "task_executor.hpp"

namespace reel::daemon {

namespace asio = boost::asio;
using namespace boost::asio::experimental::awaitable_operators;

namespace {

constexpr auto guard_interval = std::chrono::milliseconds(500);
/// Until what the start has begun is done.
constexpr auto settling_time = std::chrono::seconds(1);
/// Between a runner's decision to end a task and the task's end.
constexpr auto runner_grace = std::chrono::seconds(10);

bool is_cancelled(const asio::cancellation_state& state) {
    return state.cancelled() != asio::cancellation_type::none;
}

/// Whether the holder was a process of this home that is no more. That its lock is free shows it;
/// whoever leads without it, because one that hung held it, is still found by its pid.
bool is_gone(
    const store::LeaseHolder& holder,
    const store::LeaseHolder& self,
    const std::filesystem::path& home
) {
    if (holder.hostname != self.hostname || holder.home != self.home) return false;
    const auto pid = static_cast<pid_t>(holder.pid);
    const bool lives = pid != ::getpid() && core::is_alive(pid);
    return !lives && HomeLock::try_lead(home).has_value();
}

void set_due(asio::steady_timer& timer) {
    timer.expires_at(asio::steady_timer::time_point::min());
}

asio::awaitable<void> until_due(asio::steady_timer* timer) {
    co_await timer->async_wait(async::quietly);
}

bool is_lost_leadership(const std::exception_ptr& failure) {
    try {
        if (failure) std::rethrow_exception(failure);
    } catch (const store::LostLeadership&) {
        return true;
    } catch (...) {
        return false;
    }
    return false;
}

}  // namespace

Services::Services(
    const config::Config& config,
    Databases& databases,
    const ServerSecrets& secrets,
    store::LeaseHolder self,
    Duties duties
)
    : config_(config),
      databases_(databases),
      secrets_(secrets),
      self_(std::move(self)),
      duties_(duties),
      signals_(io_, SIGINT, SIGTERM),
      store_(store::make_postgres_store(databases.metadata, databases.reading)),
      lease_(std::move(databases.lease)),
      dispatches_(store::make_postgres_dispatch_store(databases.metadata)),
      stopped_(io_, asio::steady_timer::time_point::max()),
      ready_(io_, asio::steady_timer::time_point::max()) {
    server_ = api::make_server(
        io_.get_executor(), pool_, *store_, [this] { return leader(); }, clock_, options_of_server()
    );
}

api::ServerOptions Services::options_of_server() {
    auto options = server_options(config_, secrets_, duties_.serves_people ? "api" : "scheduler");
    options.list_workers = [this] { return dispatches_->list_workers(); };
    options.known_lease = [this] { return leadership_ ? leadership_->just_won() : std::nullopt; };
    return options;
}

std::shared_ptr<scheduler::RunControl> Services::leader() const {
    if (!leads_) return nullptr;
    return {term_, &term_->scheduler()};
}

core::Result<void> Services::write_token() {
    const auto lifetime = config_.duration("api", "token_lifetime");
    return write_private(
        config_.home() / "run" / "token",
        api::make_token(secrets_.jwt_secret, "admin", clock_.now(), lifetime) + "\n"
    );
}

core::Result<void> Services::open() {
    if (auto listening = server_->listen(); !listening) return listening;
    const std::string section = duties_.serves_people ? "api" : "scheduler";
    self_.address =
        reachable_address(config_.text(section, "host"), server_->port(), self_.hostname);
    if (duties_.schedules) {
        leadership_.emplace(
            Leadership::Parts{
                .executor = io_.get_executor(),
                .leases = *lease_,
                .length = config_.duration("scheduler", "lease"),
                .is_gone = [this](const store::LeaseHolder& holder
                           ) { return is_gone(holder, self_, config_.home()); },
                .claim_home = [this] { return HomeLock::try_lead(config_.home()); }
            },
            self_
        );
    }
    if (duties_.serves_people) return write_token();
    return {};
}

void Services::run(const std::function<void()>& greet) {
    std::exception_ptr failure;
    asio::co_spawn(io_, main(), [&](const std::exception_ptr& error) { failure = error; });
    // The lease is asked for meanwhile.
    io_.poll();
    greet();
    io_.run();
    if (failure) std::rethrow_exception(failure);
}

asio::awaitable<void> Services::main() {
    return async::until_first_end(lead_or_wait(), serve(), guard_cluster(), keep_token_fresh());
}

asio::awaitable<void> Services::lead_or_wait() {
    co_await (lead() && obey_signals());
}

/// The DAGs are there before the first request is answered; one that stands by needs none.
asio::awaitable<void> Services::serve() {
    if (leadership_) {
        co_await async::until_first_end(leadership_->standing_by(), until_due(&ready_));
    }
    co_await server_->serve();
}

// --- leading

asio::awaitable<void> Services::lead() {
    if (!leadership_) co_await until_due(&stopped_);
    while (!stopping_) {
        co_await async::until_first_end(leadership_->win(), until_due(&stopped_));
        if (leadership_->term() && !stopping_) co_await lead_one_term();
    }
    if (leadership_) co_await leadership_->release();
    drained_ = true;
    grace_.cancel();
    settled_.cancel();
}

std::shared_ptr<Term> Services::make_term() {
    const WonTerm& won = *leadership_->term();
    const store::Epoch epoch = won.lease.epoch;
    const auto patience =
        config_.duration("scheduler", "task_instance_heartbeat_timeout") + runner_grace;
    auto store = std::exchange(databases_.first_term, nullptr);
    if (!store) store = store::make_postgres_store(databases_.metadata, databases_.reading);
    store->fence(epoch);
    return std::make_shared<Term>(
        Term::Parts{
            .executor = io_.get_executor(),
            .pool = pool_,
            .reader = *store_,
            .clock = clock_,
            .config = config_,
            .databases = databases_,
            .address = self_.address,
            .may_act = [this, epoch] { return leadership_->may_act(epoch); }
        },
        std::move(store),
        epoch,
        Whereabouts(won.terms, self_.home, patience)
    );
}

asio::awaitable<void> Services::lead_one_term() {
    const store::Epoch epoch = leadership_->term()->lease.epoch;
    term_ = make_term();
    std::exception_ptr failure;
    try {
        co_await async::until_first_end(carry_out(term_), leadership_->keep(), until_left_alone());
    } catch (...) {
        failure = std::current_exception();
    }
    leads_ = false;
    if (drained_) {
        co_await asio::post(io_, asio::use_awaitable);
        term_.reset();
        co_return;
    }
    // What goes wrong once somebody else may lead is a consequence of that.
    const bool lost = !leadership_->may_act(epoch) || is_lost_leadership(failure);
    co_await term_->abandon();
    term_.reset();
    if (failure && !lost) std::rethrow_exception(failure);
    if (!lost && stopping_) co_return;
    leadership_->forget();
    spdlog::warn("the lease is lost, nothing more is written or started, term={}", epoch);
}

/// What runs on workers goes on without us, and is the next leader's; what runs here is waited for.
asio::awaitable<void> Services::until_left_alone() {
    co_await until_due(&stopped_);
    if (runs_on_workers(config_)) co_return;
    asio::steady_timer never(io_, asio::steady_timer::time_point::max());
    co_await until_due(&never);
}

asio::awaitable<void> Services::carry_out(std::shared_ptr<Term> term) {
    co_await term->open();
    leads_ = true;
    set_due(ready_);
    let_go_soon();
    co_await term->run();
    co_await term->close();
    drained_ = true;
}

/// Not before the first request is answered: it is what the start was for.
void Services::let_go_soon() {
    settled_.expires_after(settling_time);
    settled_.async_wait([](const boost::system::error_code& error) {
        if (!error) runner::let_go_of_start();
    });
}

// --- stopping

asio::awaitable<void> Services::obey_signals() {
    co_await signals_.async_wait(async::quietly);
    stopping_ = true;
    set_due(stopped_);
    if (!term_) co_return;
    auto& scheduler = term_->scheduler();
    scheduler.stop();
    spdlog::info("stopping; attempts that still run: {}", scheduler.live_attempts());
    grace_.expires_after(config_.duration("core", "graceful_stop_timeout"));
    if (!drained_) {
        co_await (grace_.async_wait(async::quietly) || signals_.async_wait(async::quietly));
    }
    if (drained_ || !term_) co_return;
    spdlog::warn(
        "ending {} attempts; they will be tried again at the next start",
        term_->scheduler().live_attempts()
    );
    term_->scheduler().interrupt_tasks();
}

// --- what goes on beside

asio::awaitable<void> Services::guard_cluster() {
    asio::steady_timer timer(io_);
    while (!is_cancelled(co_await asio::this_coro::cancellation_state)) {
        timer.expires_after(guard_interval);
        co_await timer.async_wait(async::quietly);
        if (!databases_.cluster || databases_.cluster->is_running()) continue;
        spdlog::warn("the embedded Postgres is gone, starting it again");
        const auto started =
            co_await pool_.run([this] { return databases_.cluster->ensure_running(); });
        if (!started) spdlog::error("{}", started.error().describe());
    }
}

asio::awaitable<void> Services::keep_token_fresh() {
    asio::steady_timer timer(io_);
    while (!is_cancelled(co_await asio::this_coro::cancellation_state)) {
        timer.expires_after(config_.duration("api", "token_lifetime") / 2);
        co_await timer.async_wait(async::quietly);
        if (!duties_.serves_people) continue;
        if (const auto written = write_token(); !written) {
            spdlog::error("{}", written.error().describe());
        }
    }
}

}  // namespace reel::daemon
