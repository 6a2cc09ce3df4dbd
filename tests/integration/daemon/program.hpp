#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace reel::daemon {

/// `reel` itself as a process, with an environment of nothing but PATH and what is given.
class Program final {
  public:
    Program(const std::vector<std::string>& words, const std::map<std::string, std::string>& set);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// Reads what it prints, on stdout and stderr, until the text stands there. False when it ended
    /// first.
    bool wait_for(const std::string& text);
    void signal(int number) const;
    /// Reads on to its end; its exit status, or minus the signal that ended it.
    int end();
    [[nodiscard]] const std::string& output() const { return output_; }
    [[nodiscard]] pid_t pid() const { return pid_; }

  private:
    bool read_more();
    pid_t pid_ = -1;
    int pipe_ = -1;
    std::string output_;
};

}  // namespace reel::daemon
