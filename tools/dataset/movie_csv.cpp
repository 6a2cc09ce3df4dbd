#include <fmt/format.h>

#include <array>

#include "movie_record.hpp"
#include "names.hpp"
#include "python_literal.hpp"

namespace reel::dataset {

namespace {

constexpr std::array<std::string_view, 24> columns{
    "adult",
    "belongs_to_collection",
    "budget",
    "genres",
    "homepage",
    "id",
    "imdb_id",
    "original_language",
    "original_title",
    "overview",
    "popularity",
    "poster_path",
    "production_companies",
    "production_countries",
    "release_date",
    "revenue",
    "runtime",
    "spoken_languages",
    "status",
    "tagline",
    "title",
    "video",
    "vote_average",
    "vote_count",
};

std::string picture(std::int64_t id, std::string_view kind) {
    return fmt::format("/{}{:08x}.jpg", kind, static_cast<std::uint32_t>(id) * 2'654'435'761U);
}

std::string collection(const MovieRecord& movie) {
    if (!movie.in_collection) return "";
    const std::string poster =
        movie.id % 3 == 0 ? "None" : fmt::format("'{}'", picture(movie.id, "c"));
    return fmt::format(
        "{{'id': {}, 'name': {}, 'poster_path': {}, 'backdrop_path': None}}",
        700'000 + movie.id % 1'000,
        python_string(movie.title + " Collection"),
        poster
    );
}

std::string genre_list(const MovieRecord& movie) {
    std::string text = "[";
    for (const std::size_t genre : movie.genres) {
        if (text.size() > 1) text += ", ";
        text += fmt::format("{{'id': {}, 'name': '{}'}}", genres[genre].id, genres[genre].name);
    }
    return text + "]";
}

std::string company_list(const MovieWorld& world, const MovieRecord& movie) {
    std::string text = "[";
    for (const std::int64_t company : movie.companies) {
        if (text.size() > 1) text += ", ";
        text += fmt::format(
            "{{'name': {}, 'id': {}}}",
            python_string(company_name(world.seed, company)),
            world.company_id(company)
        );
    }
    return text + "]";
}

/// The fields before the overview.
void write_front(CsvFile& file, const MovieRecord& movie, std::string_view id) {
    file.cell(movie.id % 4'999 == 0 ? "True" : "False")
        .cell(collection(movie))
        .number(movie.budget);
    file.cell(genre_list(movie));
    file.cell(movie.has_homepage ? fmt::format("http://films.example/{}", movie.id) : "");
    file.raw(id).raw(fmt::format("tt{:07}", movie.imdb)).cell(movie.language).cell(movie.title);
}

/// The fields behind the overview.
void write_back(CsvFile& file, const MovieWorld& world, const MovieRecord& movie) {
    const Language& origin = languages[movie.origin];
    file.raw(movie.popularity).cell(picture(movie.id, "p")).cell(company_list(world, movie));
    file.cell(
        fmt::format("[{{'iso_3166_1': '{}', 'name': '{}'}}]", origin.country_code, origin.country)
    );
    file.cell(movie.release_date).number(movie.revenue).cell(movie.runtime);
    file.cell(fmt::format("[{{'iso_639_1': '{}', 'name': '{}'}}]", origin.code, origin.name));
    file.cell("Released").cell(movie.tagline).cell(movie.title).cell("False");
    file.raw(fmt::format("{:.1f}", movie.quality * 2)).number(movie.vote_count);
}

}  // namespace

void write_header(CsvFile& file) {
    for (const std::string_view column : columns) file.cell(column);
    file.end_record();
}

void write_movie(CsvFile& file, const MovieWorld& world, const MovieRecord& movie) {
    write_front(file, movie, std::to_string(movie.id));
    file.cell(movie.overview);
    write_back(file, world, movie);
    file.end_record();
}

void write_split(CsvFile& file, const MovieWorld& world, const MovieRecord& movie) {
    Random random(world.seed ^ static_cast<std::uint64_t>(movie.id));
    write_front(file, movie, std::to_string(movie.id));
    file.raw(make_plain_sentence(random));
    file.end_record();
    file.raw(" - " + make_plain_sentence(random));
    write_back(file, world, movie);
    file.end_record();
}

void write_broken(
    CsvFile& file, const MovieWorld& world, const MovieRecord& movie, std::int64_t way
) {
    constexpr std::array<std::string_view, 4> wrong_ids{"1999-05-02", "12a", "", "7.5"};
    switch (way % 3) {
        case 0: {
            // Its lists are empty, so that it makes no difference whether a reader that rejects
            // the movie still takes its genres.
            MovieRecord empty = movie;
            empty.genres.clear();
            empty.companies.clear();
            write_front(file, empty, wrong_ids[static_cast<std::size_t>(way / 3 % 4)]);
            file.cell(empty.overview);
            write_back(file, world, empty);
            break;
        }
        case 1:
            write_front(file, movie, std::to_string(movie.id));
            file.cell(movie.overview);
            break;
        default:
            write_front(file, movie, std::to_string(movie.id));
            file.raw("one comma,too many");
            write_back(file, world, movie);
    }
    file.end_record();
}

}  // namespace reel::dataset
