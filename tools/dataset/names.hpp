#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "random.hpp"

namespace reel::dataset {

struct Genre {
    int id;
    std::string_view name;
};
extern const std::array<Genre, 20> genres;

struct Language {
    std::string_view code;
    std::string_view name;
    std::string_view country_code;
    std::string_view country;
};
extern const std::array<Language, 8> languages;

/// Invented, of common words; some with commas, quotes, apostrophes and letters beyond ASCII.
[[nodiscard]] std::string make_title(Random& random);
[[nodiscard]] std::string make_sentence(Random& random);
/// A sentence without commas, quotes and line breaks.
[[nodiscard]] std::string make_plain_sentence(Random& random);

/// The name of company number `index`; among every fifty there is each kind of dirt once, and one
/// name that another company has too.
[[nodiscard]] std::string company_name(std::uint64_t seed, std::int64_t index);

}  // namespace reel::dataset
