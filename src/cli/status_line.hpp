#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>

namespace reel::cli {

/// A line at the end of a terminal that is rewritten in place, below lines that stay. Goes when
/// this object does.
class StatusLine final {
  public:
    StatusLine(std::ostream& to, std::size_t columns) : to_(to), columns_(columns) {}
    StatusLine(const StatusLine&) = delete;
    StatusLine& operator=(const StatusLine&) = delete;
    ~StatusLine() { show(""); }

    /// In place of the one that is there, cut to the terminal's width; an empty one takes it away.
    void show(const std::string& line);
    /// Above it, for good.
    void add(const std::string& line);

  private:
    std::ostream& to_;
    std::size_t columns_;
    std::string shown_;
};

}  // namespace reel::cli
