#include "movies.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_set>

#include "names.hpp"
#include "random.hpp"

namespace reel::dataset {

namespace {

enum class Kind { movie, split, broken };

/// One record to write; `place` orders them. Movie i stands at i, a repetition somewhere behind.
struct Slot {
    double place = 0;
    Kind kind = Kind::movie;
    std::int64_t index = 0;
    int version = 0;
};

std::vector<Slot> make_slots(const MovieWorld& world, const Plan& plan) {
    Random random(world.seed ^ 0x51075ULL);
    std::vector<Slot> slots;
    slots.reserve(static_cast<std::size_t>(plan.movies));
    for (std::int64_t i = 0; i < plan.movies; ++i) {
        slots.push_back({.place = static_cast<double>(i), .index = i});
    }
    const auto end = static_cast<double>(plan.movies);
    // Every other repetition says something else than the record before; one id is there thrice.
    for (std::int64_t i = 0; i < plan.repeated_records; ++i) {
        const std::int64_t index = i == 2 ? 0 : i * plan.movies / plan.repeated_records;
        const auto from = static_cast<double>(index);
        const double place = from + 0.5 + random.fraction() * (end - from);
        slots.push_back({place, Kind::movie, index, i % 2 == 0 ? static_cast<int>(i % 100 + 1) : 0}
        );
    }
    for (std::int64_t i = 0; i < plan.split_records; ++i) {
        slots.push_back({random.fraction() * end, Kind::split, plan.movies + i, 0});
    }
    for (std::int64_t i = 0; i < plan.bad_records; ++i) {
        slots.push_back({random.fraction() * end, Kind::broken, i, 0});
    }
    std::ranges::sort(slots, {}, [](const Slot& slot) {
        return std::tuple(slot.place, slot.kind, slot.index, slot.version);
    });
    return slots;
}

/// Counts what a correct load has in the end: of each movie only its last record.
class Tally final {
  public:
    explicit Tally(std::int64_t movies) : last_version_(static_cast<std::size_t>(movies)) {}

    void saw(std::int64_t index, int version) {
        last_version_[static_cast<std::size_t>(index)] = version;
    }

    void finish(const MovieWorld& world, Expectation& expected) {
        for (std::size_t i = 0; i < last_version_.size(); ++i) {
            count(make_movie(world, static_cast<std::int64_t>(i), last_version_[i]), expected);
        }
        expected.genres = static_cast<std::int64_t>(genres_.size());
        expected.companies = static_cast<std::int64_t>(companies_.size());
        expected.dates = static_cast<std::int64_t>(dates_.size());
    }

  private:
    void count(const MovieRecord& movie, Expectation& expected) {
        const std::set own_genres(movie.genres.begin(), movie.genres.end());
        const std::set own_companies(movie.companies.begin(), movie.companies.end());
        expected.genre_pairs += static_cast<std::int64_t>(own_genres.size());
        expected.company_pairs += static_cast<std::int64_t>(own_companies.size());
        expected.budget += movie.budget;
        expected.revenue += movie.revenue;
        genres_.insert(own_genres.begin(), own_genres.end());
        companies_.insert(own_companies.begin(), own_companies.end());
        if (!movie.release_date.empty()) dates_.insert(movie.release_date);
    }

    std::vector<int> last_version_;
    std::set<std::size_t> genres_;
    std::unordered_set<std::int64_t> companies_;
    std::unordered_set<std::string> dates_;
};

}  // namespace

std::vector<KnownMovie> write_movies(
    CsvFile& file, const MovieWorld& world, const Plan& plan, Expectation& expected
) {
    Tally tally(plan.movies);
    std::vector<KnownMovie> known(static_cast<std::size_t>(plan.movies));
    std::vector<KnownMovie> lost;
    write_header(file);
    for (const auto& [place, kind, index, version] : make_slots(world, plan)) {
        const MovieRecord movie = make_movie(world, index, version);
        KnownMovie entry{.id = movie.id, .imdb = movie.imdb, .quality = movie.quality};
        switch (kind) {
            case Kind::movie:
                write_movie(file, world, movie);
                tally.saw(index, version);
                known[static_cast<std::size_t>(index)] = entry;
                expected.movie_records += 1;
                break;
            case Kind::split:
                write_split(file, world, movie);
                entry.exists = false;
                lost.push_back(entry);
                expected.movie_records += 2;
                expected.rejected += 2;
                break;
            case Kind::broken:
                write_broken(file, world, movie, index);
                expected.movie_records += 1;
                expected.rejected += 1;
        }
    }
    tally.finish(world, expected);
    expected.movies = plan.movies;
    expected.duplicates = plan.repeated_records;
    known.insert(known.end(), lost.begin(), lost.end());
    return known;
}

}  // namespace reel::dataset
