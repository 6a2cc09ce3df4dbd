#include "reel/runner/client.hpp"

#include <utility>

#include "client_session.hpp"

namespace reel::runner {

namespace {

namespace asio = boost::asio;

class SocketRunnerClient final : public RunnerClient {
  public:
    explicit SocketRunnerClient(std::shared_ptr<ClientSession> session)
        : session_(std::move(session)) {}
    ~SocketRunnerClient() override { session_->close(); }
    SocketRunnerClient(const SocketRunnerClient&) = delete;
    SocketRunnerClient& operator=(const SocketRunnerClient&) = delete;

    asio::awaitable<core::Result<RunnerInventory>> attach() override { return session_->attach(); }
    void expect(const ProcessSpec& spec) override { session_->expect(spec); }
    void start(ProcessSpec spec) override { session_->start(std::move(spec)); }
    void cancel(core::AttemptId attempt) override { session_->cancel(attempt); }
    void acknowledge(core::AttemptId attempt) override { session_->acknowledge(attempt); }
    asio::awaitable<void> detach(bool end_when_idle) override {
        return session_->detach(end_when_idle);
    }

  private:
    std::shared_ptr<ClientSession> session_;
};

}  // namespace

std::unique_ptr<RunnerClient> make_runner_client(
    const asio::any_io_executor& executor, RunnerOptions options, RunnerEvents events
) {
    return std::make_unique<SocketRunnerClient>(
        std::make_shared<ClientSession>(executor, std::move(options), std::move(events))
    );
}

}  // namespace reel::runner
