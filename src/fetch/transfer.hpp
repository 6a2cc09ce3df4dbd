#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "part_file.hpp"
#include "reel/core/result.hpp"
#include "reel/fetch/download.hpp"
#include "response_head.hpp"

namespace reel::fetch {

/// The conditions of one try.
struct TransferOrder {
    std::string url;
    std::string if_range;           ///< with a part that is not empty; may be empty even then
    std::string if_none_match;      ///< only without a part
    std::string if_modified_since;  ///< only without a part
    bool resume = false;            ///< asks for the rest of the part
};

struct TransferOutcome {
    int curl_code = 0;  ///< a CURLcode; 0 means that an answer came whole
    std::string curl_message;
    ResponseHead head;
    std::string final_url;
    std::optional<core::Error> failure;  ///< of our own side: the disk
    bool part_mismatch = false;  ///< the server sent another range or version than the part's
    bool asked_for_range = false;
    bool continued_part = false;  ///< a 206 was appended
    std::uint64_t part_size = 0;
    std::uint64_t transferred = 0;
    std::optional<std::chrono::seconds> retry_after;
};

/// Makes one try over the network, through redirects, into the part. Headers of the request go to
/// the server that it names and to no other.
[[nodiscard]] TransferOutcome run_transfer(
    const DownloadRequest& request,
    const TransferOrder& order,
    PartFile& part,
    const OnProgress& progress
);

}  // namespace reel::fetch
