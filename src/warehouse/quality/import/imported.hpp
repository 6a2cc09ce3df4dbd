#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "reel/dagfile/node.hpp"
#include "reel/warehouse/operations.hpp"
#include "warehouse/args.hpp"

namespace reel::warehouse {

/// A check of another tool's file in our own words.
struct ImportedCheck {
    std::string table;  ///< schema.table, or a staged task.table
    Json check;         ///< as an entry of `checks`: {"unique": {"columns": ["id"]}}
    std::string place;  ///< "schema.yml:12:9"

    bool operator==(const ImportedCheck&) const = default;
};

/// Where the tables are of which such a file tells only the names.
struct ImportOptions {
    std::string schema = "public";
    std::map<std::string, std::string> tables;  ///< name in the file → schema.table or task.table

    [[nodiscard]] std::string table_of(const std::string& name) const;
};

/// The argument `dbt` or `soda`: a file, {path, schema, tables}, or a list of these. A relative
/// path is below the DAG's folder. What cannot be carried out is a mistake with its place.
[[nodiscard]] std::vector<ImportedCheck> import_checks(
    std::string_view format,
    const Json& argument,
    const OperationContext& context,
    Mistakes& mistakes
);

/// The data tests of a dbt properties file (schema.yml), freshness of sources, enforced contracts.
[[nodiscard]] std::vector<ImportedCheck> import_dbt(
    const dagfile::Node& root, const ImportOptions& options, Mistakes& mistakes
);

/// The checks of a SodaCL file.
[[nodiscard]] std::vector<ImportedCheck> import_soda(
    const dagfile::Node& root, const ImportOptions& options, Mistakes& mistakes
);

}  // namespace reel::warehouse
