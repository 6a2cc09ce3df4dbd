#pragma once

#include <cstdint>
#include <string>

namespace reel::dataset {

/// What a correct load of the generated files gives: the last record of an id wins, a record with
/// a wrong number of fields or an id that is no integer is rejected, pairs are distinct.
struct Expectation {
    std::int64_t movie_records = 0;  ///< records read, header not counted
    std::int64_t movies = 0;
    std::int64_t rejected = 0;
    std::int64_t duplicates = 0;  ///< records that a later one of the same id replaced
    std::int64_t genres = 0;
    std::int64_t genre_pairs = 0;
    std::int64_t companies = 0;
    std::int64_t company_pairs = 0;
    std::int64_t budget = 0;
    std::int64_t revenue = 0;
    std::int64_t dates = 0;  ///< distinct release dates
    std::int64_t links = 0;
    std::int64_t ratings = 0;
    std::int64_t ratings_without_movie = 0;
    std::int64_t cpi = 0;

    bool operator==(const Expectation&) const = default;
};

/// One JSON object, a member per field, under the fields' names.
[[nodiscard]] std::string to_json(const Expectation& expected);
/// For people: a line per count.
[[nodiscard]] std::string to_text(const Expectation& expected);

}  // namespace reel::dataset
