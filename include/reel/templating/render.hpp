#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reel/core/dag.hpp"
#include "reel/core/result.hpp"

namespace reel::templating {

/// What a template may ask for by name while it renders. Called on the rendering thread; may block
/// on a database. nullopt is "there is none": the template sees an undefined value (an error unless
/// it says `default`).
class Lookups {
  public:
    virtual ~Lookups() = default;
    /// var.value.KEY, var.value.get(KEY[, default]), var.json.KEY: the variable's text.
    virtual core::Result<std::optional<std::string>> variable(const std::string& key) = 0;
    /// conn.ID: an object with conn_id, conn_type, host, login, password, schema, port, extra,
    /// extra_dejson, uri.
    virtual core::Result<std::optional<core::JsonText>> connection(const std::string& conn_id) = 0;
    /// ti.xcom_pull(task_ids, key='return_value', map_indexes=None): the value that a task of this
    /// run pushed, or the instance of it that is named; a template sees None where there is none.
    virtual core::Result<std::optional<core::JsonText>> xcom(
        const std::string& task_id, const std::string& key, std::optional<int> map_index
    ) = 0;
    /// staged('task.table'): the quoted physical name of a table that a `stage` task of this run
    /// made.
    virtual core::Result<std::optional<std::string>> staged(const std::string& reference) = 0;
};

/// Renders Jinja2 with strict undefined. `name` is what errors call the text ("task.sql");
/// `context` is a JSON object with the plain variables (ds, ts, params, dag_run, …). Errors carry
/// "name:line" in `where`.
[[nodiscard]] core::Result<std::string> render(
    std::string_view source,
    const std::string& name,
    const core::JsonText& context,
    Lookups& lookups
);

/// Renders every string inside a JSON value (keys are left alone). A string that is nothing but one
/// `{{ expression }}` still becomes a string, as in Airflow without render_template_as_native_obj.
[[nodiscard]] core::Result<core::JsonText> render_json(
    const core::JsonText& value,
    const std::string& name,
    const core::JsonText& context,
    Lookups& lookups
);

/// Evaluates one expression (no braces) and gives its value as JSON.
[[nodiscard]] core::Result<core::JsonText> evaluate(
    std::string_view expression,
    const std::string& name,
    const core::JsonText& context,
    Lookups& lookups
);

/// A syntax error of a template with its line (from 1), or nothing. Names are not looked up.
struct SyntaxError {
    std::string message;
    int line = 1;
};
[[nodiscard]] std::optional<SyntaxError> check_syntax(std::string_view source);

/// "task.table" of every staged('…') with a literal argument: dependencies that a template implies.
[[nodiscard]] std::vector<std::string> staged_references(std::string_view source);

}  // namespace reel::templating
