#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace reel::warehouse {

/// Stands between client and server on a Unix socket. Passes everything on, until a client says
/// "commit": that reaches the server, but when the server answers, both connections are cut. Once
/// only. The socket it listens on is "<folder>/.s.PGSQL.<port>", as libpq wants it.
class AnswerEater final {
  public:
    AnswerEater(
        std::filesystem::path folder, std::filesystem::path server, const std::string& port
    );
    AnswerEater(const AnswerEater&) = delete;
    AnswerEater& operator=(const AnswerEater&) = delete;
    ~AnswerEater();

    [[nodiscard]] bool has_eaten() const { return eaten_; }

  private:
    void serve();
    void pass_on(int client);

    std::filesystem::path server_;
    int listener_ = -1;
    std::atomic<bool> eaten_ = false;
    std::thread server_thread_;
};

}  // namespace reel::warehouse
