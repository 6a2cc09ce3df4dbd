#include "generate.hpp"

#include <system_error>

#include "csv_file.hpp"
#include "movies.hpp"
#include "ratings.hpp"

namespace reel::dataset {

namespace {

/// Makes one file: `fill` writes into it.
template <class Fill>
core::Result<void> make_file(const Options& options, const char* name, Fill fill) {
    auto file = CsvFile::create(options.folder / name, {.crlf = options.crlf, .bom = options.bom});
    if (!file) return std::unexpected(file.error());
    fill(*file);
    return file->finish();
}

}  // namespace

core::Result<Expectation> generate(const Options& options) {
    const auto numbers = plan(options);
    if (!numbers) return std::unexpected(numbers.error());
    std::error_code error;
    std::filesystem::create_directories(options.folder, error);
    if (error) {
        return core::fail(
            core::Errc::unavailable,
            "cannot make the folder: " + error.message(),
            {},
            options.folder.string()
        );
    }
    Expectation expected;
    std::vector<KnownMovie> movies;
    const MovieWorld world{.seed = options.seed, .movies = numbers->movies};
    auto made = make_file(options, "movies_metadata.csv", [&](CsvFile& file) {
        movies = write_movies(file, world, *numbers, expected);
    });
    if (!made) return std::unexpected(made.error());
    const auto entries = make_movielens(movies, options.seed);
    made = make_file(options, "links.csv", [&](CsvFile& file) {
        write_links(file, entries, expected);
    });
    if (!made) return std::unexpected(made.error());
    made = make_file(options, "ratings.csv", [&](CsvFile& file) {
        write_ratings(file, entries, *numbers, options.seed, expected);
    });
    if (!made) return std::unexpected(made.error());
    made = make_file(options, "consumer_price_index.csv", [&](CsvFile& file) {
        write_cpi(file, options.seed, expected);
    });
    if (!made) return std::unexpected(made.error());
    return expected;
}

}  // namespace reel::dataset
