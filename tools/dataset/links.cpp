#include <fmt/format.h>

#include "random.hpp"
#include "ratings.hpp"

namespace reel::dataset {

namespace {

/// Ids of movies that the TMDB dump does not have.
constexpr std::int64_t foreign_ids = 500'000;

/// A MovieLens number without its movie: 0 no TMDB id, 1 an unknown TMDB id, 2 no line at all.
MovieLensEntry stray(std::int64_t kind, std::int64_t number) {
    MovieLensEntry entry{.imdb = 9'000'000 + number, .quality = 3, .is_movie = false};
    if (kind == 1) entry.tmdb = foreign_ids + number;
    entry.linked = kind != 2;
    return entry;
}

}  // namespace

std::vector<MovieLensEntry> make_movielens(
    const std::vector<KnownMovie>& movies, std::uint64_t seed
) {
    Random random(seed ^ 0x117CE5ULL);
    std::vector<MovieLensEntry> entries;
    std::int64_t next_id = 1;
    const auto add = [&](MovieLensEntry entry) {
        entry.movielens_id = next_id;
        next_id += random.between(1, 3);
        entries.push_back(entry);
    };
    for (std::size_t i = 0; i < movies.size(); ++i) {
        // Each kind of stray among the first hundred, so that a small set has them too.
        const auto kind = static_cast<std::int64_t>(i % 100);
        if (kind < 3) add(stray(kind, static_cast<std::int64_t>(i)));
        if (i % 500 == 4 && movies.size() > 10) continue;  // a movie without a link
        const KnownMovie& movie = movies[i];
        const MovieLensEntry entry{
            .imdb = movie.imdb, .tmdb = movie.id, .quality = movie.quality, .is_movie = movie.exists
        };
        add(entry);
        if (i % 1'000 == 7) add(entry);  // two MovieLens numbers for one movie
    }
    return entries;
}

void write_links(CsvFile& file, const std::vector<MovieLensEntry>& entries, Expectation& expected) {
    file.cell("movieId").cell("imdbId").cell("tmdbId").end_record();
    for (const MovieLensEntry& entry : entries) {
        if (!entry.linked) continue;
        file.number(entry.movielens_id).raw(fmt::format("{:07}", entry.imdb));
        file.raw(entry.tmdb == 0 ? "" : std::to_string(entry.tmdb)).end_record();
        ++expected.links;
    }
}

}  // namespace reel::dataset
