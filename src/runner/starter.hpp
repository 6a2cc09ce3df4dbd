#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "journal.hpp"
#include "message.hpp"
#include "reel/runner/protocol.hpp"
#include "shell/shells.hpp"
#include "spawn.hpp"

namespace reel::runner {

/// Starts the processes of attempts: their logs, the word in the journal, the process itself.
class Starter final {
  public:
    /// `journal` must outlive it. `reap` is called when children that are no task's may have ended.
    Starter(
        const boost::asio::any_io_executor& io,
        Journal& journal,
        bool fork_shells,
        std::function<void()> reap
    );

    /// Opens the log of an attempt ahead of its start. Trouble is told when it is started and tries
    /// again.
    void expect(const Expect& expected);
    void expect_nothing() { ready_logs_.clear(); }

    /// The folder is there. Whatever becomes of the runner, the journal knows the process before it
    /// runs.
    [[nodiscard]] core::Result<SpawnedProcess> start(
        const ProcessSpec& spec, const std::filesystem::path& folder, core::Timestamp now
    );
    [[nodiscard]] const std::string& boot_id() const { return boot_id_; }

  private:
    [[nodiscard]] core::Result<LogFile> take_log(const ProcessSpec& spec);
    [[nodiscard]] std::string make_marker(core::AttemptId attempt) const;
    [[nodiscard]] core::Result<pid_t> start_with(
        const ProcessSpec& spec,
        const std::filesystem::path& folder,
        RunningRecord record,
        const Descriptors& descriptors
    );
    [[nodiscard]] core::Result<pid_t> spawn(
        const ProcessSpec& spec,
        const std::string& program,
        const std::filesystem::path& folder,
        RunningRecord record,
        const Descriptors& descriptors
    );
    void let_go_later();

    Journal& journal_;
    bool fork_shells_;
    Shells shells_;
    boost::asio::steady_timer let_go_timer_;
    bool lets_go_ = false;
    std::function<void()> reap_;
    std::string boot_id_;
    std::string own_mark_;  ///< of this runner, unlike any other's on the machine
    std::map<core::AttemptId, LogFile> ready_logs_;
};

}  // namespace reel::runner
