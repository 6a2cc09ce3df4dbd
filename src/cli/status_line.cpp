#include "status_line.hpp"

#include <ostream>

#include "output.hpp"

namespace reel::cli {

namespace {

constexpr const char* back = "\r\x1b[K";  // to its beginning, and nothing on it

}  // namespace

void StatusLine::show(const std::string& line) {
    // A cell is left free: some terminals go to the next line when the last one is written.
    const auto fitted = fit_to_width(line, columns_ > 0 ? columns_ - 1 : 0);
    if (fitted.empty() && shown_.empty()) return;
    to_ << back << fitted << std::flush;
    shown_ = fitted;
}

void StatusLine::add(const std::string& line) {
    if (!shown_.empty()) to_ << back;
    to_ << line << "\n" << shown_ << std::flush;
}

}  // namespace reel::cli
