#include <map>

#include "page_reading.hpp"
#include "postgres_store.hpp"
#include "reel/core/crash_point.hpp"
#include "row_reading.hpp"
#include "start_sql.hpp"
#include "value_columns.hpp"

namespace reel::store {

namespace {

using postgres::Param;
using postgres::Rows;

// $1 file names, $2 times, $3 texts
constexpr const char* write_errors = R"sql(
    insert into reel.import_error (filename, at, stack_trace)
    select filename, reel.at_micros(at), stack_trace
    from unnest($1::text[], $2::bigint[], $3::text[]) as i(filename, at, stack_trace)
    on conflict (filename) do update set at = excluded.at, stack_trace = excluded.stack_trace)sql";

ImportErrorRecord read_error(const Rows& rows, std::size_t row) {
    RowReader reader(rows, row);
    ImportErrorRecord error;
    error.id = reader.number();
    error.filename = reader.text();
    error.at = reader.time();
    error.stack_trace = reader.text();
    return error;
}

}  // namespace

// $1 file names
const char* const forget_import_errors =
    "delete from reel.import_error where filename not in (select unnest($1::text[]))";

void PostgresStore::save_import_errors(const std::vector<ImportErrorRecord>& errors) {
    std::map<std::string, ImportErrorRecord> by_file;
    for (const ImportErrorRecord& error : errors) {
        const auto [entry, is_first] = by_file.try_emplace(error.filename, error);
        if (!is_first) entry->second.stack_trace += "\n" + error.stack_trace;
    }
    std::vector<ImportErrorRecord> rows;
    rows.reserve(by_file.size());
    for (auto& [filename, error] : by_file) rows.push_back(std::move(error));
    using Row = const ImportErrorRecord&;
    const Param names = column_of(rows, [](Row row) { return text_value(row.filename); });
    const Param times = column_of(rows, [](Row row) { return time_value(row.at); });
    const Param texts = column_of(rows, [](Row row) { return text_value(row.stack_trace); });
    const core::Durably durably(core::Durable::save_import_errors);
    std::vector<postgres::Statement> statements{{.sql = forget_import_errors, .params = {names}}};
    if (!rows.empty()) {
        statements.push_back({.sql = write_errors, .params = {names, times, texts}});
    }
    commits_.transact(std::move(statements), fence_);
}

Listing<ImportErrorRecord> PostgresStore::list_import_errors(const Page& page) {
    const ListSql list{
        .columns = "id, filename, reel.micros_of(at), stack_trace",
        .from = "from reel.import_error",
        .order = "filename",
        .params = {},
    };
    return read_page(*database_, list, page, read_error);
}

}  // namespace reel::store
