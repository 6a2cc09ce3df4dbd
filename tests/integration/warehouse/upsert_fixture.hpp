#pragma once

#include <string>

#include "warehouse_test.hpp"

namespace reel::warehouse {

/// Stages small tables of id and name, and publishes them as m.t.
class UpsertTest : public WarehouseTest {
  protected:
    /// Stages rows of id and name as "stage.t", as a new attempt.
    void stage_rows(const std::string& rows) {
        put("t.csv", "id,name\n" + rows);
        stage_ok(R"({"source": "t.csv", "tables": {"t": {"key": "id", "columns": {
            "id": {"type": "integer"}, "name": {"type": "text"}}}}})");
        ++attempt;
    }

    /// inserted, updated, unchanged, deleted
    std::string counts(const Json& report) {
        EXPECT_EQ(
            report["rows"].get<int>(),
            report["inserted"].get<int>() + report["updated"].get<int>() +
                report["unchanged"].get<int>() + report["duplicates"].get<int>()
        );
        return report["inserted"].dump() + " " + report["updated"].dump() + " " +
               report["unchanged"].dump() + " " + report["deleted"].dump();
    }

    std::string content(const std::string& table = "m.t") {
        return scalar(
            "SELECT string_agg(id || '=' || coalesce(name, 'NULL'), ' ' ORDER BY id) FROM " + table
        );
    }

    const std::string into_t = R"({"from": "stage.t", "into": "m.t", "key": "id"})";
};

}  // namespace reel::warehouse
