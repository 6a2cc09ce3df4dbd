#pragma once

#include <vector>

#include "csv_file.hpp"
#include "expectation.hpp"
#include "movie_record.hpp"
#include "options.hpp"

namespace reel::dataset {

/// A movie as links and ratings know it.
struct KnownMovie {
    std::int64_t id = 0;
    std::int64_t imdb = 0;
    double quality = 0;
    bool exists = true;  ///< a correct load of movies_metadata.csv has it
};

/// Writes the whole of movies_metadata.csv, adds its counts, and gives every id that it names in a
/// well-formed or split record.
[[nodiscard]] std::vector<KnownMovie> write_movies(
    CsvFile& file, const MovieWorld& world, const Plan& plan, Expectation& expected
);

}  // namespace reel::dataset
