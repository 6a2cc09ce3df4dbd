#pragma once

#include <string>

#include "reel/warehouse/infer.hpp"
#include "warehouse_test.hpp"

namespace reel::warehouse {

/// Infers, loads and looks.
class LoadTest : public WarehouseTest {
  protected:
    InferredLoad infer_file(
        const std::string& path, InferRequest request = {}, const std::string& format = "csv"
    ) {
        request.source = {Json{{"path", path}, {"format", format}}.dump()};
        request.data_dir = data_dir;
        auto inferred = infer_load(request, [](const std::string&) {});
        EXPECT_TRUE(inferred) << inferred.error().describe();
        return inferred.value_or(InferredLoad{});
    }
    core::Result<core::JsonText> try_load(const LoadPlan& plan) {
        run = "r" + std::to_string(++attempt);
        return load(plan, context("load"));
    }
    Json load_ok(const LoadPlan& plan) {
        const auto report = try_load(plan);
        EXPECT_TRUE(report) << report.error().describe();
        return report ? Json::parse(report->text) : Json::array({Json::object()});
    }
    /// read rejected duplicates staged inserted updated unchanged
    static std::string account(const Json& report, std::size_t table = 0) {
        std::string text;
        for (const char* const count :
             {"read", "rejected", "duplicates", "staged", "inserted", "updated", "unchanged"}) {
            text += (text.empty() ? "" : " ") + report.at(table).at(count).dump();
        }
        return text;
    }
};

}  // namespace reel::warehouse
