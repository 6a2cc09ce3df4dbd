#include "expectation.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <string_view>

namespace reel::dataset {

namespace {

struct Count {
    std::string_view name;
    std::int64_t Expectation::* value;
};

constexpr std::array counts{
    Count{"movie_records", &Expectation::movie_records},
    Count{"movies", &Expectation::movies},
    Count{"rejected", &Expectation::rejected},
    Count{"duplicates", &Expectation::duplicates},
    Count{"genres", &Expectation::genres},
    Count{"genre_pairs", &Expectation::genre_pairs},
    Count{"companies", &Expectation::companies},
    Count{"company_pairs", &Expectation::company_pairs},
    Count{"budget", &Expectation::budget},
    Count{"revenue", &Expectation::revenue},
    Count{"dates", &Expectation::dates},
    Count{"links", &Expectation::links},
    Count{"ratings", &Expectation::ratings},
    Count{"ratings_without_movie", &Expectation::ratings_without_movie},
    Count{"cpi", &Expectation::cpi},
};

}  // namespace

std::string to_json(const Expectation& expected) {
    std::string text = "{";
    for (const auto& [name, value] : counts) {
        fmt::format_to(
            std::back_inserter(text),
            "{}\n  \"{}\": {}",
            text.size() > 1 ? "," : "",
            name,
            expected.*value
        );
    }
    return text + "\n}\n";
}

std::string to_text(const Expectation& expected) {
    std::string text;
    for (const auto& [name, value] : counts) {
        fmt::format_to(std::back_inserter(text), "{:<22} {:>16}\n", name, expected.*value);
    }
    return text;
}

}  // namespace reel::dataset
