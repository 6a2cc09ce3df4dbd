#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reel/store/lease.hpp"

namespace reel::daemon {

/// Where the attempts of former terms were started, and how long they may still run there. Pure.
class Whereabouts final {
  public:
    Whereabouts() = default;
    /// `patience`: how long a runner keeps what nobody holds, from the end of its leader's term.
    Whereabouts(std::vector<store::TermRecord> terms, std::string home, core::Duration patience);

    /// Empty: it is this home's, or older than all that is known. Otherwise how long to wait, 0 for
    /// one that is over.
    [[nodiscard]] std::optional<core::Duration> elsewhere(core::AttemptId attempt) const;

  private:
    std::vector<store::TermRecord> terms_;
    std::string home_;
    core::Duration patience_{};
    std::map<std::string, core::Duration> since_;  ///< by home, since the end of its latest term
};

}  // namespace reel::daemon
