#pragma once

#include <string>

#include "warehouse_test.hpp"

namespace reel::warehouse {

/// Two small tables with everything wrong in them that a check looks for.
class QualityTest : public WarehouseTest {
  protected:
    void SetUp() override {
        exec(
            "CREATE SCHEMA m;"
            "CREATE TABLE m.genres (genre_id integer, name text);"
            "INSERT INTO m.genres VALUES (1, 'Drama'), (2, 'Crime');"
            "CREATE TABLE m.movies (id integer, title text, lang text, budget bigint, genre "
            "integer,"
            " at timestamptz);"
            "INSERT INTO m.movies VALUES (1, 'Heat', 'en', 5, 1, now() - interval '1 hour'),"
            " (2, 'Ran', 'ja', 0, 2, now() - interval '2 days'), (2, NULL, 'xx', -1, 9, NULL),"
            " (NULL, 'it''s', NULL, NULL, NULL, NULL)"
        );
    }

    static std::string checks(const std::string& list) {
        return R"({"checks": {"m.movies": [)" + list + "]}}";
    }
    /// "status value failures" of the only check.
    std::string outcome(const std::string& check) {
        const auto result = quality({checks(check)}, context("check"));
        const auto row = scalar(
            "SELECT concat_ws(' ', status, value, failures) FROM reel.quality_results "
            "ORDER BY id DESC LIMIT 1"
        );
        EXPECT_EQ(result.has_value(), row.starts_with("pass") || row.starts_with("warn")) << check;
        return row;
    }
};

}  // namespace reel::warehouse
