#include "support/fake_runner_client.hpp"

#include <utility>

namespace reel::support {

namespace {

class FakeRunnerClient final : public runner::RunnerClient {
  public:
    explicit FakeRunnerClient(FakeRunner& record) : record_(record) {}

    boost::asio::awaitable<core::Result<runner::RunnerInventory>> attach() override {
        ++record_.attached;
        if (record_.attachments.empty()) {
            co_return runner::RunnerInventory{};
        }
        auto next = std::move(record_.attachments.front());
        record_.attachments.pop_front();
        if (record_.on_attach) {
            record_.on_attach();
        }
        co_return next;
    }
    void expect(const runner::ProcessSpec& spec) override { record_.expected.push_back(spec); }
    void start(runner::ProcessSpec spec) override { record_.started.push_back(std::move(spec)); }
    void cancel(core::AttemptId attempt) override { record_.cancelled.push_back(attempt); }
    void acknowledge(core::AttemptId attempt) override { record_.acknowledged.push_back(attempt); }
    boost::asio::awaitable<void> detach(bool end_when_idle) override {
        record_.detached = end_when_idle;
        co_return;
    }

  private:
    FakeRunner& record_;
};

}  // namespace

core::Timestamp fake_start() {
    return std::chrono::sys_days(std::chrono::year(2026) / std::chrono::January / 2);
}

core::Timestamp fake_end() {
    return fake_start() + std::chrono::milliseconds(1200);
}

runner::ProcessExit an_exit(core::AttemptId attempt, runner::ProcessEnd end, int code) {
    runner::ProcessExit exit;
    exit.attempt = attempt;
    exit.end = end;
    exit.code = code;
    exit.started_at = fake_start();
    exit.ended_at = fake_end();
    return exit;
}

void FakeRunner::tell_started(core::AttemptId attempt, int pid) const {
    events.on_start(runner::ProcessStart{.attempt = attempt, .pid = pid, .at = fake_start()});
}

void FakeRunner::tell_exited(
    core::AttemptId attempt, int code, const std::string& output, const std::string& last_line
) const {
    runner::ProcessExit exit = an_exit(attempt, runner::ProcessEnd::exited, code);
    exit.output = output;
    exit.last_line = last_line;
    tell_ended(std::move(exit));
}

std::unique_ptr<runner::RunnerClient> make_fake_runner_client(
    FakeRunner& record, runner::RunnerEvents events
) {
    record.events = std::move(events);
    return std::make_unique<FakeRunnerClient>(record);
}

}  // namespace reel::support
