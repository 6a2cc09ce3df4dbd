#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "reel/core/result.hpp"
#include "reel/core/time.hpp"
#include "transfer.hpp"

namespace reel::fetch {

/// What is to be done after one try.
enum class Verdict {
    complete,      ///< the file is there
    not_modified,  ///< the cached one is it
    start_over,    ///< the part does not fit what the server has now; at once, from its beginning
    retry,         ///< later, from where it was cut
    give_up,       ///< trying again cannot help
};

[[nodiscard]] Verdict judge(const TransferOutcome& outcome);

/// The failure for people, without the URL: "HTTP 404 Not Found", "the connection was cut after
/// 1.2 MB".
[[nodiscard]] core::Error explain(const TransferOutcome& outcome);

/// Doubled after each retry, at least what the server asked for, at most a minute.
[[nodiscard]] core::Duration delay_before(
    int retry, core::Duration first, std::optional<std::chrono::seconds> asked_for
);

/// "1.2 MB".
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);

}  // namespace reel::fetch
