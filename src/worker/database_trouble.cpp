#include "database_trouble.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace reel::worker {

namespace {

using namespace std::chrono_literals;

constexpr core::Duration first_pause = 200ms;
/// Nothing to do for that long is reason enough to look.
constexpr core::Duration longest_pause = 2s;
constexpr int most_doublings = 4;

}  // namespace

void log_trouble(const char* who, const postgres::DatabaseError& error) {
    if (error.kind() == postgres::FailureKind::bug) {
        spdlog::error("{} cannot use the database reason={}", who, error.what());
    } else {
        spdlog::warn("{} waits for the database reason={}", who, error.what());
    }
}

core::Duration pause_after(int failures) {
    if (failures == 0) return longest_pause;
    return std::min(first_pause * (1 << std::min(failures - 1, most_doublings)), longest_pause);
}

}  // namespace reel::worker
