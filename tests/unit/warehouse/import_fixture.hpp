#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reel/dagfile/yaml_file.hpp"
#include "warehouse/quality/import/imported.hpp"

namespace reel::warehouse {

using ImportFunction = std::vector<ImportedCheck> (*)(
    const dagfile::Node& root, const ImportOptions& options, Mistakes& mistakes
);

/// What a file of another tool becomes: "table check place" per check, then its mistakes.
struct Imported {
    std::vector<std::string> checks;
    std::vector<std::string> places;
    std::string mistakes;
};

inline Imported import_text(
    ImportFunction import, const std::string& text, const ImportOptions& options = {"m", {}}
) {
    const auto root = dagfile::parse_yaml(text, "f.yml");
    EXPECT_TRUE(root.has_value()) << root.error().describe();
    Mistakes mistakes;
    Imported out;
    for (const auto& check : import(*root, options, mistakes)) {
        out.checks.push_back(check.table + " " + check.check.dump());
        out.places.push_back(check.place);
    }
    if (!mistakes.empty()) {
        out.mistakes = mistakes.to_error("quality").message;
    }
    return out;
}

}  // namespace reel::warehouse
