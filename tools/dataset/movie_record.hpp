#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "csv_file.hpp"

namespace reel::dataset {

/// One record of movies_metadata.csv, as far as anything later depends on it.
struct MovieRecord {
    std::int64_t id = 0;
    std::int64_t imdb = 0;
    std::int64_t budget = 0;
    std::int64_t revenue = 0;
    std::string release_date;
    std::vector<std::size_t> genres;      ///< indices into `genres`; one may be there twice
    std::vector<std::int64_t> companies;  ///< company numbers; one may be there twice
    double quality = 0;                   ///< mean rating, 0.5 to 5
    // Only written, never counted.
    std::string title;
    std::string overview;
    std::string popularity;
    std::string language;
    std::string runtime;
    std::string tagline;
    int vote_count = 0;
    std::size_t origin = 0;  ///< index into `languages`
    bool in_collection = false;
    bool has_homepage = false;
};

/// What all movies of one data set share.
struct MovieWorld {
    std::uint64_t seed = 0;
    std::int64_t movies = 0;

    [[nodiscard]] std::int64_t companies() const;
    [[nodiscard]] std::int64_t company_id(std::int64_t company) const;
    [[nodiscard]] std::int64_t movie_id(std::int64_t index) const;
};

/// Movie number `index`. Another version has the same id, lists and date but other numbers and
/// texts.
[[nodiscard]] MovieRecord make_movie(const MovieWorld& world, std::int64_t index, int version);

void write_header(CsvFile& file);
void write_movie(CsvFile& file, const MovieWorld& world, const MovieRecord& movie);
/// The same record with an unquoted line break in its overview: two records, of 10 and 15 fields.
void write_split(CsvFile& file, const MovieWorld& world, const MovieRecord& movie);
/// The same record, broken in one of several ways that `way` counts through.
void write_broken(
    CsvFile& file, const MovieWorld& world, const MovieRecord& movie, std::int64_t way
);

}  // namespace reel::dataset
