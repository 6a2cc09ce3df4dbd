#pragma once

#include <vector>

#include "csv_file.hpp"
#include "expectation.hpp"
#include "movies.hpp"

namespace reel::dataset {

/// A movie under MovieLens' own number.
struct MovieLensEntry {
    std::int64_t movielens_id = 0;
    std::int64_t imdb = 0;
    std::int64_t tmdb = 0;  ///< 0: links.csv has an empty cell
    double quality = 0;
    bool linked = true;    ///< links.csv has a line for it
    bool is_movie = true;  ///< that line leads to a movie of a correct load
};

/// The world of MovieLens: nearly all movies, and some that lead nowhere.
[[nodiscard]] std::vector<MovieLensEntry> make_movielens(
    const std::vector<KnownMovie>& movies, std::uint64_t seed
);

void write_links(CsvFile& file, const std::vector<MovieLensEntry>& entries, Expectation& expected);

/// Sorted by user and movie; nobody rates a movie twice. Early entries are rated more often.
void write_ratings(
    CsvFile& file,
    const std::vector<MovieLensEntry>& entries,
    const Plan& plan,
    std::uint64_t seed,
    Expectation& expected
);

/// The price index: 256 months from 1999-01, as FRED serves it today.
void write_cpi(CsvFile& file, std::uint64_t seed, Expectation& expected);

}  // namespace reel::dataset
