#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reel::fetch {

/// "bytes 100-199/1000"; the total is missing for "/*".
struct ContentRange {
    std::uint64_t begin = 0;
    std::optional<std::uint64_t> total;
};

/// What matters of a response's status line and headers.
struct ResponseHead {
    int status = 0;
    std::string etag;
    std::string last_modified;
    std::string disposition;
    std::string content_type;
    std::optional<std::uint64_t> length;
    std::optional<ContentRange> range;

    /// Takes one line as it came. A status line begins a new head: of an interim response or a
    /// proxy's answer nothing is kept.
    void take_line(std::string_view line);
};

[[nodiscard]] std::optional<ContentRange> parse_content_range(std::string_view value);

/// "HTTP 404 Not Found".
[[nodiscard]] std::string describe_status(int status);

}  // namespace reel::fetch
