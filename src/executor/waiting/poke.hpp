#pragma once

#include <map>
#include <string>
#include <utility>

#include "executor/json.hpp"

namespace reel::executor {

/// What one look at the world found (Airflow's poke).
enum class Finding {
    not_yet,
    met,             ///< what was waited for is there
    skipped,         ///< it ended in a way that skips who waits for it
    ended_badly,     ///< what was waited for has failed; it may run again, so may who waits for it
    failed,          ///< the look itself failed; may be tried again
    failed_finally,  ///< it will never be there
};

struct Poke {
    Finding finding = Finding::not_yet;
    std::string words;                    ///< what was found, for people
    std::map<std::string, Json> xcoms{};  ///< what is pushed where it was met
};

[[nodiscard]] inline Poke not_yet(std::string words) {
    return {.finding = Finding::not_yet, .words = std::move(words)};
}
[[nodiscard]] inline Poke met(std::string words) {
    return {.finding = Finding::met, .words = std::move(words)};
}
[[nodiscard]] inline Poke look_failed(std::string words) {
    return {.finding = Finding::failed, .words = std::move(words)};
}

}  // namespace reel::executor
