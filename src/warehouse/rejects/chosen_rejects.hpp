#pragma once

#include <string>
#include <string_view>

#include "reel/postgres/link.hpp"
#include "reel/warehouse/rejects.hpp"

namespace reel::warehouse {

/// "FROM reel.quarantine WHERE …" of the rejects that a filter names, with the parameters that it
/// refers to: $1…$6.
[[nodiscard]] std::string chosen_rejects(const RejectFilter& filter);
[[nodiscard]] postgres::Params params_of(const RejectFilter& filter);

/// Replays and edits take turns, from here to the end of the transaction.
inline constexpr std::string_view take_replay_turn =
    "SELECT pg_advisory_xact_lock(hashtextextended('reel.quarantine replay', 0))";

/// Bytes on their way through a text: "00ff".
[[nodiscard]] std::string bytes_of_hex(std::string_view hex);
[[nodiscard]] std::string hex_of_bytes(std::string_view bytes);

}  // namespace reel::warehouse
