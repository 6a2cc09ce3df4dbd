#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace reel::dataset {

namespace {

constexpr std::int64_t most_movies = 45'000;
constexpr std::int64_t most_ratings = 100'000'000;
constexpr std::int64_t ratings_per_movie = 40;
constexpr std::int64_t ratings_per_user = 96;

std::int64_t per_45000(std::int64_t count, std::int64_t movies, std::int64_t least) {
    return std::max(least, (count * movies + most_movies / 2) / most_movies);
}

std::unexpected<core::Error> refuse(std::string message, std::string hint = {}) {
    return core::fail(core::Errc::invalid_argument, std::move(message), std::move(hint));
}

}  // namespace

core::Result<Plan> plan(const Options& options) {
    if (options.movies < 1 || options.movies > most_movies) {
        return refuse(fmt::format("--movies must be 1 to {}", most_movies));
    }
    if (!(options.bad_percent >= 0 && options.bad_percent <= 100)) {
        return refuse("--bad-percent must be 0 to 100");
    }
    Plan plan{.movies = options.movies};
    plan.ratings = options.ratings.value_or(options.movies * ratings_per_movie);
    if (plan.ratings < 0 || plan.ratings > most_ratings) {
        return refuse(fmt::format("--ratings must be 0 to {}", most_ratings));
    }
    const std::int64_t fewest = (plan.ratings + plan.movies - 1) / plan.movies;
    plan.users = options.users.value_or(std::max(plan.ratings / ratings_per_user, fewest));
    if (plan.users < fewest || plan.users > plan.ratings) {
        return refuse(
            fmt::format("{} users cannot give {} ratings", plan.users, plan.ratings),
            fmt::format(
                "everybody rates one movie at least and no movie twice: --users {} to {}",
                fewest,
                plan.ratings
            )
        );
    }
    plan.split_records = options.split_records.value_or(per_45000(3, options.movies, 1));
    if (plan.split_records < 0 || plan.split_records > options.movies) {
        return refuse("--split must be 0 to the number of movies");
    }
    plan.bad_records =
        std::llround(static_cast<double>(options.movies) * options.bad_percent / 100);
    plan.repeated_records = std::min(options.movies, per_45000(30, options.movies, 2));
    return plan;
}

}  // namespace reel::dataset
