#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace reel::fetch {

/// An SMTP server on loopback that takes one mail after the other and answers as it is told.
class ScriptedMailServer final {
  public:
    /// What it answers to a command instead of its usual word: {"RCPT", "550 no such user"}.
    /// "SILENT" for a greeting makes it say nothing at all.
    explicit ScriptedMailServer(std::map<std::string, std::string> answers = {});
    ~ScriptedMailServer();
    ScriptedMailServer(const ScriptedMailServer&) = delete;
    ScriptedMailServer& operator=(const ScriptedMailServer&) = delete;

    [[nodiscard]] int port() const { return port_; }
    /// Every command that was given, and the text of mails.
    [[nodiscard]] std::vector<std::string> commands() const;
    [[nodiscard]] std::string mail() const;

  private:
    void serve();
    void talk(int connection);
    void say(int connection, const std::string& command, const std::string& usual);

    std::map<std::string, std::string> answers_;
    int listener_ = -1;
    int port_ = 0;
    std::atomic<bool> stopping_ = false;
    mutable std::mutex mutex_;
    std::vector<std::string> commands_;
    std::string mail_;
    std::thread thread_;
};

}  // namespace reel::fetch
