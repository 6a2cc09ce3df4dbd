#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "reel/postgres/link.hpp"
#include "reel/warehouse/operations.hpp"
#include "warehouse/args.hpp"
#include "warehouse/failure.hpp"
#include "warehouse/sql/statements.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t max_printed_rows = 10;
constexpr std::size_t max_reported_rows = 1000;

/// The arguments' SQL as one text: a string, or a list of strings one behind the other.
core::Result<std::string> parse_sql(const core::JsonText& args) {
    const auto object = parse_args(args, "sql");
    if (!object) {
        return std::unexpected(object.error());
    }
    Mistakes mistakes;
    ArgReader reader(*object, "", mistakes);
    std::string script;
    const Json* sql = reader.find("sql");
    if (sql == nullptr) {
        reader.mistake("sql", "is required");
    } else {
        const Json list = sql->is_array() ? *sql : Json::array({*sql});
        for (const auto& part : list) {
            if (!part.is_string()) {
                reader.mistake("sql", "text or a list of texts was expected");
                break;
            }
            script += (script.empty() ? "" : "\n;\n") + part.get<std::string>();
        }
    }
    static_cast<void>(reader.find("conn_id"));
    reader.finish();
    if (!mistakes.empty()) {
        return std::unexpected(mistakes.to_error("sql"));
    }
    return script;
}

/// The transaction is ours: a COMMIT inside would cut it in two. Savepoints are the user's own.
core::Result<void> check_statements(const std::vector<Statement>& statements) {
    constexpr std::array<std::string_view, 6> forbidden{
        "begin", "start", "commit", "end", "rollback", "abort"
    };
    if (statements.empty()) {
        return core::fail(core::Errc::invalid_argument, "sql: there is no statement");
    }
    for (const auto& statement : statements) {
        const auto word = first_word(statement.text);
        const auto rest = std::string_view(statement.text).substr(word.size());
        const bool to_savepoint = rest.starts_with(" to ") || rest.starts_with(" TO ");
        if (std::ranges::find(forbidden, word) != forbidden.end() && !to_savepoint) {
            return core::fail(
                core::Errc::invalid_argument,
                fmt::format("sql: line {}: '{}' is not allowed here", statement.line, word),
                "all statements of a task run in one transaction, which Reel begins and ends"
            );
        }
    }
    return {};
}

void print_rows(
    const Statement& statement, const postgres::Rows& rows, const OperationContext& context
) {
    TextTable table(rows.columns());
    const std::size_t shown = std::min(rows.size(), max_printed_rows);
    for (std::size_t r = 0; r < shown; ++r) {
        std::vector<std::string> cells;
        cells.reserve(rows.columns().size());
        for (std::size_t c = 0; c < rows.columns().size(); ++c) {
            cells.push_back(rows.at(r, c).value_or(""));
        }
        table.add(std::move(cells));
    }
    const auto total = grouped(static_cast<std::int64_t>(rows.size()));
    const std::string unit = rows.size() == 1 ? "row" : "rows";
    std::string text = statement.title.empty() ? "rows" : statement.title;
    for (const auto& line : table.lines()) {
        text += '\n' + line;
    }
    text += shown < rows.size() ? fmt::format("\n({} of {} {})", shown, total, unit)
                                : fmt::format("\n({} {})", total, unit);
    context.log(text);
}

core::JsonText report_of(const postgres::Rows& rows) {
    if (rows.columns().empty()) {
        return {Json{{"affected", rows.affected()}}.dump()};
    }
    Json list = Json::array();
    for (std::size_t r = 0; r < std::min(rows.size(), max_reported_rows); ++r) {
        Json row = Json::object();
        for (std::size_t c = 0; c < rows.columns().size(); ++c) {
            const auto& cell = rows.at(r, c);
            row[rows.columns()[c]] = cell ? Json(*cell) : Json(nullptr);
        }
        list.push_back(std::move(row));
    }
    const Json report{{"rows", list}, {"row_count", rows.size()}};
    return {report.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

/// Runs one statement; a failure says which one it was and where. Line breaks in front make the
/// server count lines as the script does.
core::Result<postgres::Rows> run_statement(
    postgres::Link& link, const Statement& statement, std::size_t number
) {
    const std::string text =
        std::string(static_cast<std::size_t>(statement.line - 1), '\n') + statement.text;
    try {
        return link.exec_script(text);
    } catch (const postgres::DatabaseError& failure) {
        return std::unexpected(
            to_error(failure, fmt::format("sql, statement {} (line {})", number, statement.line))
        );
    }
}

core::Result<core::JsonText> run_all(
    const std::vector<Statement>& statements, const OperationContext& context
) {
    postgres::Link link(context.uri, "reel sql");
    link.on_notice([&](const std::string& notice) { context.log("notice: " + notice); });
    postgres::LinkTransaction transaction(link);
    core::JsonText report;
    for (std::size_t i = 0; i < statements.size(); ++i) {
        const auto rows = run_statement(link, statements[i], i + 1);
        if (!rows) {
            return std::unexpected(rows.error());
        }
        if (!rows->columns().empty()) {
            print_rows(statements[i], *rows, context);
        } else if (rows->affected() > 0) {
            const auto count = grouped(static_cast<std::int64_t>(rows->affected()));
            context.log(fmt::format(
                "line {}: {}, {} rows", statements[i].line, first_word(statements[i].text), count
            ));
        }
        if (i + 1 == statements.size()) {
            report = report_of(*rows);
        }
    }
    transaction.commit();
    context.log(
        fmt::format("{} statement{} done", statements.size(), statements.size() == 1 ? "" : "s")
    );
    return report;
}

}  // namespace

core::Result<core::JsonText> run_sql(const core::JsonText& args, const OperationContext& context) {
    const auto script = parse_sql(args);
    if (!script) {
        return std::unexpected(script.error());
    }
    auto statements = split_statements(*script);
    if (!statements) {
        return std::unexpected(statements.error());
    }
    if (const auto allowed = check_statements(*statements); !allowed) {
        return std::unexpected(allowed.error());
    }
    return guarded("sql", [&] { return run_all(*statements, context); });
}

}  // namespace reel::warehouse
