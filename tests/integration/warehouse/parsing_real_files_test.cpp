#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <source_location>
#include <string>

#include "warehouse/literal/parse.hpp"
#include "warehouse/source/record_reader.hpp"
#include "warehouse/types/field_encoder.hpp"

namespace reel::warehouse {
namespace {

/// Real files are not part of the project; where they are absent these tests have nothing to say.
class RealFiles : public testing::Test {
  protected:
    void SetUp() override {
        const char* folder = std::getenv("REEL_TEST_DATA");
        const std::filesystem::path here = std::source_location::current().file_name();
        const auto checkout = here.parent_path().parent_path().parent_path().parent_path();
        folder_ = folder != nullptr ? folder : checkout.parent_path() / "shared" / "data";
        if (!std::filesystem::exists(folder_)) GTEST_SKIP() << "no real data at " << folder_;
    }

    /// Calls `visit(reader, record)` for every record; none may have a problem.
    template <class Visit>
    ReadCounts read(const std::string& name, Visit visit) {
        const auto file = FileSource::open(folder_ / name);
        EXPECT_TRUE(file) << file.error().describe();
        auto reader = CsvReader::open(**file);
        EXPECT_TRUE(reader) << reader.error().describe();
        Record record;
        while (reader->next(record).value()) {
            EXPECT_EQ(record.problem, std::nullopt) << name << " line " << record.line;
            visit(*reader, record);
        }
        return reader->counts();
    }

    std::filesystem::path folder_;
};

std::string_view cell(const CsvReader& reader, const Record& record, std::string_view column) {
    return record.cells.at(reader.find_column(column).value()).text;
}

/// The distinct ids of all elements of a list column, and how many distinct pairs with the movie.
struct ListTotals {
    std::set<std::int64_t> ids;
    std::set<std::pair<std::string, std::int64_t>> pairs;

    void add(std::string_view movie, std::string_view text) {
        const auto value = literal::parse_list_column(text);
        ASSERT_TRUE(value) << value.error().describe() << " in " << text;
        for (const literal::Value& element : *value->list()) {
            const auto id = std::get<std::int64_t>(element.find("id")->data);
            ids.insert(id);
            pairs.emplace(movie, id);
        }
    }
};

TEST_F(RealFiles, MoviesHaveTheirKnownTotals) {
    ListTotals genres;
    ListTotals companies;
    std::set<std::string> movies;
    const auto date = FieldEncoder::make(parse_column_type("date").value()).value();
    const auto popularity = FieldEncoder::make(parse_column_type("numeric").value()).value();
    const auto counts =
        read("movies/movies_metadata_head3188_lf.csv", [&](const auto& reader, const auto& record) {
            const std::string movie(cell(reader, record, "id"));
            movies.insert(movie);
            genres.add(movie, cell(reader, record, "genres"));
            companies.add(movie, cell(reader, record, "production_companies"));
            for (const char* column : {"production_countries", "spoken_languages"}) {
                EXPECT_TRUE(literal::parse_python_literal(cell(reader, record, column)));
            }
            std::string bytes;
            const auto released = cell(reader, record, "release_date");
            if (!released.empty()) EXPECT_TRUE(date.encode(released, bytes)) << released;
            EXPECT_TRUE(popularity.encode(cell(reader, record, "popularity"), bytes));
        });
    EXPECT_EQ(counts.records, 3188U);
    EXPECT_EQ(movies.size(), 3187U);
    EXPECT_EQ(genres.ids.size(), 20U);
    EXPECT_EQ(genres.pairs.size(), 7557U);
    EXPECT_EQ(companies.ids.size(), 2397U);
    EXPECT_EQ(companies.pairs.size(), 6108U);
}

TEST_F(RealFiles, RatingsWithCrlfHaveTheirKnownTotals) {
    double sum = 0;
    const auto rating = FieldEncoder::make(parse_column_type("numeric(2,1)").value()).value();
    const auto rated_at =
        FieldEncoder::make(parse_column_type("timestamptz").value(), "epoch").value();
    std::string bytes;
    const auto counts =
        read("movies/ratings_small.csv", [&](const auto& reader, const auto& record) {
            bytes.clear();
            EXPECT_TRUE(rating.encode(cell(reader, record, "rating"), bytes));
            EXPECT_TRUE(rated_at.encode(cell(reader, record, "timestamp"), bytes));
            sum += std::stod(std::string(cell(reader, record, "rating")));
        });
    EXPECT_EQ(counts.records, 100'004U);
    EXPECT_EQ(counts.last_line, 100'005U);
    EXPECT_EQ(counts.blank_lines, 0U);
    EXPECT_EQ(sum, 354'375.0);
}

TEST_F(RealFiles, CreditsHaveTheirKnownTotals) {
    std::size_t cast = 0;
    std::size_t crew = 0;
    const auto counts =
        read("movies_1000/credits.csv", [&](const auto& reader, const auto& record) {
            const auto actors = literal::parse_list_column(cell(reader, record, "cast"));
            const auto others = literal::parse_list_column(cell(reader, record, "crew"));
            ASSERT_TRUE(actors && others) << "line " << record.line;
            cast += actors->list()->size();
            crew += others->list()->size();
        });
    EXPECT_EQ(counts.records, 1000U);
    EXPECT_EQ(cast, 12'831U);
    EXPECT_EQ(crew, 10'976U);
}

TEST_F(RealFiles, EveryVintageOfThePriceIndexIsReadable) {
    for (const char* name :
         {"consumer_price_index.csv",
          "CUSR0000SS62031_vintage2016.csv",
          "CUSR0000SS62031_vintage2022-06.csv",
          "CUSR0000SS62031_vintage2023-12.csv"}) {
        const auto counts = read(std::string("cpi/") + name, [](const auto&, const auto& record) {
            EXPECT_EQ(record.cells.size(), 2U);
        });
        EXPECT_GT(counts.records, 100U) << name;
    }
}

}  // namespace
}  // namespace reel::warehouse
