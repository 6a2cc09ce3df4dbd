#include "names.hpp"

#include <fmt/format.h>

namespace reel::dataset {

const std::array<Genre, 20> genres{{
    {11, "Drama"},     {14, "Comedy"},    {17, "Thriller"},        {21, "Romance"},
    {25, "Action"},    {31, "Horror"},    {38, "Crime"},           {42, "Documentary"},
    {47, "Adventure"}, {53, "Family"},    {59, "Mystery"},         {64, "Fantasy"},
    {71, "Animation"}, {88, "Music"},     {93, "Science Fiction"}, {101, "History"},
    {770, "War"},      {1204, "Western"}, {9001, "Foreign"},       {10555, "TV Movie"},
}};

const std::array<Language, 8> languages{{
    {"en", "English", "US", "United States of America"},
    {"fr", "Français", "FR", "France"},
    {"de", "Deutsch", "DE", "Germany"},
    {"it", "Italiano", "IT", "Italy"},
    {"ja", "日本語", "JP", "Japan"},
    {"es", "Español", "ES", "Spain"},
    {"ru", "Pусский", "RU", "Russia"},
    {"hi", "हिन्दी", "IN", "India"},
}};

namespace {

constexpr std::array<std::string_view, 24> qualities{
    "Brass",   "Velvet",  "Crooked",  "Salted",  "Paper",    "Borrowed", "Hollow",  "Copper",
    "Patient", "Muddled", "Northern", "Unwound", "Thirsty",  "Gilded",   "Tangled", "Ninth",
    "Feral",   "Woollen", "Amber",    "Sunken",  "Stubborn", "Quilted",  "Ashen",   "Wandering",
};
constexpr std::array<std::string_view, 24> things{
    "Ferryman",  "Orchard",    "Kettle",   "Lantern",  "Cartographer", "Harbour",
    "Beekeeper", "Almanac",    "Tollgate", "Chandler", "Windmill",     "Locksmith",
    "Granary",   "Sparrow",    "Compass",  "Parlour",  "Timetable",    "Quarry",
    "Bellows",   "Postmaster", "Glacier",  "Teapot",   "Umbrella",     "Weathervane",
};
constexpr std::array<std::string_view, 12> places{
    "Quillhaven",
    "Old Marrow",
    "Tessaby",
    "Port Ondine",
    "Vellmoor",
    "the Seventh Canal",
    "Grünwiese",
    "Saint-Orlé",
    "Łąkowo",
    "東雲町",
    "Bramblex",
    "Lower Thrum",
};
constexpr std::array<std::string_view, 12> people{
    "Odalys",
    "Ferrin",
    "Maud",
    "Ignace",
    "O'Marrow",
    "Søren",
    "Tilde",
    "Benedek",
    "Wen",
    "Zsófia",
    "Abel",
    "Nuria",
};
constexpr std::array<std::string_view, 8> deeds{
    "finds an unsigned map",
    "must repair the town clock",
    "inherits a leaking boat",
    "refuses to leave the station",
    "hears the same song every night",
    "loses a wager on the weather",
    "opens the wrong letter",
    "learns to forge bells",
};
constexpr std::array<std::string_view, 8> turns{
    "before the first snow",
    "while the river rises",
    "against all advice",
    "for the third time",
    "on the longest day of the year",
    "with nobody watching",
    "in exchange for a name",
    "without a word",
};
constexpr std::array<std::string_view, 8> trades{
    "Pictures",
    "Film",
    "Studios",
    "Productions",
    "Filmproduktion",
    "Cinéma",
    "Entertainment",
    "Works",
};

std::string phrase(Random& random) {
    return fmt::format("{} {}", random.pick(qualities), random.pick(things));
}

std::string plain_company(Random& random) {
    return fmt::format("{} {}", phrase(random), random.pick(trades));
}

std::string long_name(Random& random, std::size_t length) {
    std::string name = phrase(random);
    while (name.size() + 3 < length) name += " and " + phrase(random);
    return name.substr(0, length);
}

}  // namespace

std::string make_title(Random& random) {
    std::string first = phrase(random);
    switch (random.below(40)) {
        case 0:
            return fmt::format("{}, {}", first, phrase(random));
        case 1:
            return fmt::format("\"{}\" and Other Errands", first);
        case 2:
            return fmt::format("{}'s {}", random.pick(people), first);
        case 3:
            return fmt::format("{}: {}", random.pick(places), first);
        case 4:
            return long_name(random, random.chance(0.1) ? 105 : 60);
        case 5:
            return fmt::format("{} {}", random.pick(places), random.between(2, 2099));
        default:
            break;
    }
    switch (random.below(4)) {
        case 0:
            return fmt::format("The {}", first);
        case 1:
            return fmt::format("{} of {}", first, random.pick(places));
        case 2:
            return fmt::format("One {} for {}", first, random.pick(people));
        default:
            return first;
    }
}

std::string make_plain_sentence(Random& random) {
    return fmt::format(
        "{} {} {} near {}",
        random.pick(people),
        random.pick(deeds),
        random.pick(turns),
        random.pick(places)
    );
}

std::string make_sentence(Random& random) {
    const std::string plain = make_plain_sentence(random);
    switch (random.below(6)) {
        case 0:
            return fmt::format("In {}, {}.", random.pick(places), plain);
        case 1:
            return fmt::format("{}; they call it \"{}\".", plain, phrase(random));
        case 2:
            return fmt::format("It's true: {} -- and it isn't over.", plain);
        default:
            return plain + ".";
    }
}

std::string company_name(std::uint64_t seed, std::int64_t index) {
    if (index % 50 == 8) return company_name(seed, index - 1);
    Random random(seed ^ (0xC0FFEEULL + static_cast<std::uint64_t>(index) * 0x9E3779B9ULL));
    const std::string plain = plain_company(random);
    switch (index % 50) {
        case 0:
            return fmt::format("{}'s {}", random.pick(people), plain);
        case 1:
            return plain +
                   "\xC2\xA0"
                   "S.A.";
        case 2:
            return "\t" + plain;
        case 3:
            return plain + "\xE2\x80\x8B";
        case 4:
            return fmt::format("{} \\ {}", plain, phrase(random));
        case 5:
            return fmt::format("\"{}\" {}'s Own", phrase(random), random.pick(people));
        case 6:
            return long_name(random, 101);
        case 7:
            return fmt::format("\"{}\" {}", phrase(random), random.pick(trades));
        case 9:
            return fmt::format("Société {}, {} & Söhne", phrase(random), plain);
        default:
            return fmt::format("{} {}", plain, index);
    }
}

}  // namespace reel::dataset
