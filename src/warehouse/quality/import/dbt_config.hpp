#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/quality/import/node_reader.hpp"

/// What stands around a test in a dbt file.
namespace reel::warehouse::dbt {

/// What a test may say beside its arguments.
inline constexpr std::initializer_list<std::string_view> config_keys{
    "name",
    "description",
    "config",
    "severity",
    "warn_if",
    "error_if",
    "where",
    "limit",
    "store_failures",
    "store_failures_as",
    "fail_calc",
    "enabled",
    "tags",
    "meta",
    "group",
    "test_name"
};

/// A test as it is called: `- unique`, `- unique: {…}` or `- {test_name: unique, …}`.
struct Call {
    std::string name;
    dagfile::Node body;       ///< a map, maybe empty
    dagfile::Node arguments;  ///< the body's `arguments`, or the body itself
    bool apart = false;       ///< whether the arguments stand under a key of their own
};

/// Nothing, and mistakes, when it is no test or needs Jinja.
[[nodiscard]] std::optional<Call> read_call(
    const dagfile::Node& node, const std::string& owner, Mistakes& mistakes
);

/// Adds what its `config` says to a translated check. False when the test is not enabled.
[[nodiscard]] bool add_config(
    const Call& call, const std::string& owner, Json& check, Mistakes& mistakes
);

/// What ref('movies') or source('raw', 'ratings') names.
struct RelationName {
    std::string source;  ///< empty of a ref
    std::string name;
};

[[nodiscard]] std::optional<RelationName> read_relation(NodeReader& args, std::string_view key);

/// `{warn_after: {count, period}, error_after: …, filter}` of a source.
[[nodiscard]] std::optional<Json> read_freshness(NodeReader& rule, const std::string& field);

/// A column's constraint as the checks that it stands for.
[[nodiscard]] std::vector<Json> read_constraint(NodeReader& rule, const std::string& column);

}  // namespace reel::warehouse::dbt
