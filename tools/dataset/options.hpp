#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "reel/core/result.hpp"

namespace reel::dataset {

/// What to make. The same options give the same bytes.
struct Options {
    std::filesystem::path folder;
    std::uint64_t seed = 1;
    std::int64_t movies = 2'000;            ///< distinct movies of a correct load
    std::optional<std::int64_t> ratings{};  ///< 40 per movie where absent
    std::optional<std::int64_t> users{};    ///< one per 96 ratings where absent
    /// Records that an unquoted line break splits in two; 3 per 45,000 movies, one at least.
    std::optional<std::int64_t> split_records{};
    double bad_percent = 0;  ///< further broken records, in percent of `movies`
    bool crlf = false;
    bool bom = false;
};

/// The same with every absent number filled in, or what is wrong with them.
struct Plan {
    std::int64_t movies = 0;
    std::int64_t ratings = 0;
    std::int64_t users = 0;
    std::int64_t split_records = 0;
    std::int64_t bad_records = 0;
    std::int64_t repeated_records = 0;
};
[[nodiscard]] core::Result<Plan> plan(const Options& options);

}  // namespace reel::dataset
