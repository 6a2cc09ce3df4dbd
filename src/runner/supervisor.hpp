#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "journal.hpp"
#include "message.hpp"
#include "reel/runner/protocol.hpp"
#include "starter.hpp"
#include "supervised_process.hpp"
#include "work_folders.hpp"

namespace reel::runner {

struct SupervisorEvents {
    /// A moment after the start, and not at all of what has ended by then.
    std::function<void(const ProcessStart&)> on_start;
    /// The exit is in the journal already.
    std::function<void(const ProcessExit&)> on_exit;
};

/// Every attempt that the runner was given and that the worker has not acknowledged the end of.
class Supervisor final {
  public:
    struct Folders {
        std::filesystem::path journal;
        std::filesystem::path work;  ///< below it the folders of attempts that name none
    };
    Supervisor(
        const boost::asio::any_io_executor& io,
        Folders folders,
        bool fork_shells,
        SupervisorEvents events
    );

    /// Ends what an earlier runner left behind and takes over its journal. Blocks for as long as
    /// that takes.
    void recover();

    /// Opens the log of an attempt ahead of its start.
    void expect(const Expect& expected);
    void expect_nothing() { starter_.expect_nothing(); }
    /// Ignored for an attempt that is known already.
    void start(const ProcessSpec& spec);
    void stop(core::AttemptId attempt, ProcessEnd reason, const std::string& message);
    void stop_all(ProcessEnd reason, const std::string& message);
    void acknowledge(core::AttemptId attempt);
    /// Before the runner ends: what it still holds survives a power cut from now on.
    void sync_journal();

    [[nodiscard]] std::vector<ProcessStart> running() const;
    [[nodiscard]] std::vector<core::AttemptId> ended() const;
    /// nullopt when it was acknowledged in the meantime.
    [[nodiscard]] std::optional<ProcessExit> find_exit(core::AttemptId attempt) const;
    [[nodiscard]] bool runs_nothing() const { return running_.empty(); }
    [[nodiscard]] bool holds_nothing() const { return running_.empty() && ended_.empty(); }

  private:
    struct Running {
        std::unique_ptr<SupervisedProcess> process;
        std::filesystem::path own_folder;  ///< goes back at the end; empty: none
    };

    core::Result<void> launch(const ProcessSpec& spec, core::Timestamp now);
    void supervise(core::AttemptId attempt);
    void tell_start_later(core::AttemptId attempt);
    void finish(const ProcessExit& exit);
    void store(const ProcessExit& exit);
    void keep_end(const ProcessExit& exit);
    void sync_later();
    void reap_strays() const;

    boost::asio::any_io_executor io_;
    WorkFolders work_folders_;
    Journal journal_;
    Starter starter_;
    boost::asio::steady_timer sync_timer_;
    bool sync_is_due_ = false;
    boost::asio::steady_timer tell_timer_;
    std::vector<core::AttemptId> untold_;  ///< their starts
    SupervisorEvents events_;
    std::map<core::AttemptId, Running> running_;
    /// Empty where the journal has it, which it has not when the disk is full.
    std::map<core::AttemptId, std::optional<ProcessExit>> ended_;
};

}  // namespace reel::runner
