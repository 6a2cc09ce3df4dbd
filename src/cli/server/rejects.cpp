#include "reel/warehouse/rejects.hpp"

#include <iostream>

#include "cli/server/actions.hpp"

namespace reel::cli {

namespace {

using Look = core::Result<core::JsonText> (*)(const std::string&, const warehouse::RejectFilter&);

core::Result<nlohmann::json> look_at_rejects(
    Context& context, const QuarantineOptions& options, Look look
) {
    const auto uri = connection_uri(context, options.connection);
    if (!uri) return std::unexpected(uri.error());
    const auto found = look(
        *uri,
        {.dag_id = options.dag_id,
         .run_id = options.run_id,
         .task_id = options.task_id,
         .table = options.table,
         .file = options.file,
         .rule = options.rule,
         .limit = options.limit,
         .replayed = options.replayed}
    );
    if (!found) return std::unexpected(found.error());
    return nlohmann::json::parse(found->text);
}

/// A table is for the eye: what is too long for it stands whole in the other formats.
void shorten_cells(nlohmann::json& rows) {
    constexpr std::size_t widest = 60;
    for (auto& row : rows) {
        for (const auto* const column : {"value", "raw"}) {
            if (!row[column].is_string()) continue;
            const auto text = row[column].get<std::string>();
            const auto fitted = fit_to_width(text, widest);
            row[column] = fitted.size() < text.size() ? fitted + "…" : text;
        }
    }
}

}  // namespace

core::Result<int> list_rejects(Context& context, const QuarantineOptions& options) {
    const auto rows = look_at_rejects(context, options, warehouse::count_rejects);
    if (!rows) return std::unexpected(rows.error());
    context.out() << render(
        *rows,
        {"dag_id", "run_id", "task_id", "try_number", "table", "file", "rejects", "reasons"},
        options.format
    );
    return 0;
}

core::Result<int> show_rejects(Context& context, const QuarantineOptions& options) {
    auto rows = look_at_rejects(context, options, warehouse::list_rejects);
    if (!rows) return std::unexpected(rows.error());
    if (options.format == Format::table) shorten_cells(*rows);
    context.out() << render(
        *rows,
        {"id", "file", "line", "record", "table", "column", "rule", "reason", "value", "raw"},
        options.format
    );
    if (rows->size() == options.limit) {
        context.err() << "there may be more: --limit says how many are shown\n";
    }
    return 0;
}

core::Result<int> edit_reject(Context& context, const EditOptions& options) {
    const auto uri = connection_uri(context, options.connection);
    if (!uri) return std::unexpected(uri.error());
    const auto edited = warehouse::edit_reject(*uri, options.id, options.text);
    if (!edited) return std::unexpected(edited.error());
    return 0;
}

}  // namespace reel::cli
