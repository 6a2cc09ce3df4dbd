#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>

#include "databases.hpp"
#include "leadership.hpp"
#include "reel/api/server.hpp"
#include "reel/async/blocking_pool.hpp"
#include "reel/config/config.hpp"
#include "reel/store/dispatch_store.hpp"
#include "reel/store/run_store.hpp"
#include "settings.hpp"
#include "term.hpp"

namespace reel::daemon {

/// What one program takes upon itself.
struct Duties {
    bool schedules = false;      ///< asks for the lease, and leads while it has it
    bool serves_people = false;  ///< listens where [api] says and leaves a token for the commands
};

/// Everything that a server program runs, put together in order; taken apart in the reverse one.
/// Each of them has an API server; what changes something goes from there to whoever leads.
class Services final {
  public:
    Services(
        const config::Config& config,
        Databases& databases,
        const ServerSecrets& secrets,
        store::LeaseHolder self,
        Duties duties
    );

    /// Binds the port and writes the local token. Before run().
    core::Result<void> open();
    /// Until a signal came and everything under way is stored. Throws what ended it otherwise.
    /// `greet` is called when everything has begun.
    void run(const std::function<void()>& greet);
    /// Of its API server.
    [[nodiscard]] const std::string& address() const { return self_.address; }

  private:
    boost::asio::awaitable<void> main();
    boost::asio::awaitable<void> lead();
    boost::asio::awaitable<void> lead_or_wait();
    boost::asio::awaitable<void> lead_one_term();
    boost::asio::awaitable<void> until_left_alone();
    boost::asio::awaitable<void> carry_out(std::shared_ptr<Term> term);
    void let_go_soon();
    [[nodiscard]] std::shared_ptr<Term> make_term();
    boost::asio::awaitable<void> serve();
    boost::asio::awaitable<void> obey_signals();
    boost::asio::awaitable<void> guard_cluster();
    boost::asio::awaitable<void> keep_token_fresh();
    core::Result<void> write_token();
    [[nodiscard]] api::ServerOptions options_of_server();
    [[nodiscard]] std::shared_ptr<scheduler::RunControl> leader() const;

    const config::Config& config_;
    Databases& databases_;
    ServerSecrets secrets_;
    store::LeaseHolder self_;
    Duties duties_;
    core::SystemClock clock_;
    boost::asio::io_context io_{1};
    boost::asio::signal_set signals_;  // held from the start: one that comes early is not lost
    async::BlockingPool pool_{4};      // store look-ups, template rendering, reading the DAG folder
    std::unique_ptr<store::RunStore> store_;  ///< of no term: for reading
    std::unique_ptr<store::RunStore> lease_;  ///< for the lease, whose connection nobody shares
    std::unique_ptr<store::DispatchStore> dispatches_;  ///< for reading
    std::optional<Leadership> leadership_;              ///< of one that schedules
    std::unique_ptr<api::Server> server_;
    std::shared_ptr<Term> term_;  ///< while this program leads
    bool leads_ = false;          ///< and its DAGs are there
    bool stopping_ = false;
    bool drained_ = false;
    boost::asio::steady_timer stopped_;  ///< due when stopping_
    boost::asio::steady_timer ready_;    ///< due when requests may be answered
    boost::asio::steady_timer grace_{io_};
    boost::asio::steady_timer settled_{io_};  ///< due when the start is over
};

}  // namespace reel::daemon
