#include "movie_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "names.hpp"

namespace reel::dataset {

namespace {

/// More than any id of a real file, and prime: every stride visits each id once.
constexpr std::int64_t id_space = 469'993;

/// Movies that carry one kind of dirt each, so that even a small set has all of them.
enum Special : std::int64_t {
    huge_revenue,
    tiny_popularity,
    no_date,
    no_language,
    odd_companies,
    broken_lines,
    first_film,
    no_lists,
    double_entries,
    specials,
};

Random random_of(const MovieWorld& world, std::int64_t index, int version) {
    Random random(world.seed);
    const std::uint64_t salt = random.next();
    return Random(
        salt ^ (static_cast<std::uint64_t>(index) * 0xD1B54A32D192ED03ULL) ^
        (static_cast<std::uint64_t>(version) << 56)
    );
}

std::int64_t make_amount(Random& random, double most) {
    if (random.chance(0.8)) return 0;
    const double share = random.fraction();
    const double amount = most * share * share * share;
    return std::max<std::int64_t>(1, std::llround(amount / 1000)) * 1000 +
           (random.chance(0.2) ? random.between(1, 999) : 0);
}

std::string make_date(Random& random, std::int64_t index) {
    if (index == no_date) return "";
    if (index == first_film) return "1874-12-09";
    if (index >= specials && random.chance(0.002)) return "";
    const double age = random.fraction();
    const auto year = 2019 - static_cast<int>(125 * age * age * age);
    return fmt::format("{}-{:02}-{:02}", year, random.between(1, 12), random.between(1, 28));
}

void make_lists(const MovieWorld& world, std::int64_t index, Random& random, MovieRecord& movie) {
    if (index == no_lists) return;
    const std::int64_t wanted = random.between(index < specials ? 1 : 0, 4);
    for (std::int64_t i = 0; i < wanted; ++i) {
        const double share = random.fraction();
        const auto genre = static_cast<std::size_t>(share * share * genres.size());
        if (std::ranges::find(movie.genres, genre) == movie.genres.end()) {
            movie.genres.push_back(genre);
        }
    }
    if (index == odd_companies) {
        // One of each kind of dirt, as far as there are so many companies.
        for (std::int64_t i = 0; i < std::min<std::int64_t>(10, world.companies()); ++i) {
            movie.companies.push_back(i);
        }
    } else {
        for (std::int64_t i = random.between(0, 4); i > 0; --i) {
            const double share = random.fraction();
            const auto company =
                static_cast<std::int64_t>(share * share * static_cast<double>(world.companies()));
            if (std::ranges::find(movie.companies, company) == movie.companies.end()) {
                movie.companies.push_back(company);
            }
        }
    }
    const bool twice = index == double_entries || random.chance(0.001);
    if (twice && !movie.genres.empty()) movie.genres.push_back(movie.genres.front());
    if (index == double_entries && movie.companies.empty()) movie.companies.push_back(0);
    if (twice && !movie.companies.empty()) movie.companies.push_back(movie.companies.front());
}

std::string make_overview(Random& random, std::int64_t index) {
    std::string text = make_sentence(random);
    for (std::int64_t i = random.between(0, 5); i > 0; --i) text += " " + make_sentence(random);
    if (index == broken_lines || random.chance(0.03)) {
        text += "\n\n\"" + make_sentence(random) + "\"\n" + make_sentence(random);
    }
    return text;
}

void make_numbers(std::int64_t index, Random& random, MovieRecord& movie) {
    movie.budget = make_amount(random, 280e6);
    movie.revenue =
        index == huge_revenue ? 4'611'907'335 + random.between(0, 9) : make_amount(random, 1.4e9);
    movie.vote_count = static_cast<int>(std::exp(random.fraction() * 9));
    const bool tiny = index == tiny_popularity || random.chance(0.002);
    const double popularity = tiny
                                  ? static_cast<double>(random.between(10, 99)) / 1e6
                                  : std::round(std::exp(random.fraction() * 3.5) * 1e6 - 1e6) / 1e6;
    movie.popularity = fmt::format("{}", popularity);
    movie.overview = make_overview(random, index);
}

}  // namespace

std::int64_t MovieWorld::companies() const {
    return std::max<std::int64_t>(12, movies / 2);
}

std::int64_t MovieWorld::company_id(std::int64_t company) const {
    return 3 + company * 4 +
           static_cast<std::int64_t>((seed + static_cast<std::uint64_t>(company)) % 4);
}

std::int64_t MovieWorld::movie_id(std::int64_t index) const {
    const auto stride = static_cast<std::int64_t>(1 + seed % 100'000) * 3 + 7'919;
    return 2 + (index + 1) * stride % id_space;
}

MovieRecord make_movie(const MovieWorld& world, std::int64_t index, int version) {
    Random random = random_of(world, index, 0);
    MovieRecord movie{.id = world.movie_id(index)};
    movie.imdb = 100'000 + movie.id * 3;
    movie.release_date = make_date(random, index);
    make_lists(world, index, random, movie);
    movie.quality = 2.2 + 2.2 * random.fraction();
    movie.title = make_title(random);
    movie.origin = random.chance(0.7) ? 0 : random.below(languages.size());
    movie.language = languages[movie.origin].code;
    if (index == no_language || random.chance(0.0002)) movie.language.clear();
    movie.runtime = random.chance(0.01) ? "" : fmt::format("{}.0", random.between(0, 220));
    movie.tagline = random.chance(0.5) ? make_sentence(random) : "";
    movie.in_collection = random.chance(0.1) || index == broken_lines;
    movie.has_homepage = random.chance(0.15);
    Random changing = random_of(world, index, version);
    changing.next();
    make_numbers(index, changing, movie);
    return movie;
}

}  // namespace reel::dataset
