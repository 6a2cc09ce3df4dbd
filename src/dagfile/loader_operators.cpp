#include <utility>

#include "check_shapes.hpp"
#include "operators.hpp"
#include "text_checks.hpp"

namespace reel::dagfile {
namespace {

Field connection_field() {
    return optional("conn_id", text(check_not_blank), "connection, 'warehouse' by default");
}

ShapePtr source_shape() {
    const ShapePtr character = text(check_not_blank);
    return object(
        {required(
             "path",
             text(check_not_blank),
             "file or folder below the run's data folder, a path, a pattern (*.csv, **/*.csv), or "
             "an http(s) URL"
         ),
         optional(
             "member",
             text(check_not_blank),
             "of a zip or tar: a file's name, or a pattern; not needed where there is only one"
         ),
         optional(
             "compression",
             choice({"auto", "none", "gzip", "bzip2", "xz", "zstd"}),
             "auto by default: the file's first bytes tell"
         ),
         optional(
             "format",
             choice({"csv", "tsv", "fixed", "jsonl", "json"}),
             "csv by default; fixed: columns of fixed width; jsonl: an object on each line; json: "
             "an "
             "array of objects"
         ),
         optional("delimiter", text(), "one character; ',' by default"),
         optional("quote", character, "one character, or none; '\"' by default"),
         optional(
             "escape", character, "one character that makes the next one data; none by default"
         ),
         optional("comment", character, "lines that begin with it are no records; none by default"),
         optional("skip", integer(0), "lines in front of the header that are not read"),
         optional("header", boolean(), "whether the first record names the columns"),
         optional(
             "rejoin",
             boolean(),
             "mend records that an unquoted line break cut in two, where their values fit"
         ),
         optional(
             "columns",
             list_of(text(check_not_blank), true),
             "names of the columns of a file without header; by default those of a single table"
         ),
         optional(
             "widths", list_of(integer(1), true), "of fixed: how many characters each column takes"
         ),
         optional("null_values", texts(), "texts that mean NULL in every column"),
         optional(
             "encoding",
             choice(
                 {"utf-8",
                  "utf8",
                  "utf-16",
                  "utf-16le",
                  "utf-16be",
                  "latin-1",
                  "latin1",
                  "iso-8859-1",
                  "windows-1252",
                  "cp1252"}
             ),
             "utf-8 by default, or utf-16 where a byte order mark says so"
         )},
        "source"
    );
}

ShapePtr rejects_shape() {
    const ShapePtr limit = either({integer(0), text(check_reject_limit)});
    return object({required("max", limit, "share (1%) or count above which the task fails")});
}

ShapePtr column_shape() {
    return object(
        {optional(
             "from",
             texts(),
             "column of the file, or key of the list's element; /x is of the record; the first of "
             "several that exists"
         ),
         optional("type", text(check_not_blank), "type in the warehouse; text by default"),
         optional("not_null", boolean(), "a record without a value is rejected"),
         optional("empty_as_null", boolean(), "whether an empty cell is NULL"),
         optional("null_values", texts(), "further texts that mean NULL"),
         optional("format", text(check_not_blank), "of a date or time: %Y-%m-%d, epoch …")},
        "column"
    );
}

Field contract_field(const char* meaning) {
    const ShapePtr word = choice({"evolve", "freeze", "discard_row", "discard_value"});
    const ShapePtr words = object(
        {optional(
             "tables", choice({"evolve", "freeze"}), "a table that is missing: made, or an error"
         ),
         optional("columns", word, "columns that nobody declared, or that the target lacks"),
         optional("data_type", word, "values that do not fit their type, or types the target's")},
        "contract"
    );
    return optional("contract", either({words, word}), meaning);
}

ShapePtr staged_table_shape() {
    const ShapePtr column = either({column_shape(), text(check_not_blank)});
    return object(
        {optional("each", texts(), "list column, each of whose elements gives a row"),
         optional("key", texts(), "columns that tell rows apart; the last of equal ones wins"),
         contract_field("what becomes of data that is not as it was declared"),
         required("columns", map_of(column, true), "name → where its value comes from"),
         optional(
             "checks",
             list_of(check_shape(), true),
             "checks of the staged rows, counted while they are read where that is possible; where "
             "one fails nothing is staged"
         )},
        "staged_table"
    );
}

ShapePtr window_shape() {
    const ShapePtr bound = text(check_not_blank);
    return object(
        {optional("column", text(check_not_blank), "all of the source's values, or its bounds"),
         optional("from", bound, "first value of the column that is replaced"),
         optional("until", bound, "first value of the column that is not replaced any more"),
         optional("where", text(check_not_blank), "a condition instead of a column")},
        "window"
    );
}

/// What an upsert may take away.
std::vector<Field> deleting_fields() {
    return {
        optional(
            "window",
            either({window_shape(), text(check_not_blank)}),
            "what delete_insert replaces; a column: every value that the source has there"
        ),
        optional(
            "delete_missing",
            choice({"hard", "soft"}),
            "what becomes of rows that the source lacks: deleted, or deleted_at is set"
        ),
        optional(
            "max_deleted",
            either({integer(0), text(check_reject_limit)}),
            "share (10%) or count of such rows above which the task fails; 50% by default"
        )
    };
}

}  // namespace

Operator stage_operator() {
    return {
        .name = "stage",
        .paths = {},
        .meaning = "reads a file once into staged tables of this run",
        .args =
            {connection_field(),
             required("source", either({source_shape(), text(check_not_blank)}), "the file"),
             optional(
                 "rejects",
                 either({rejects_shape(), integer(0), text(check_reject_limit)}),
                 "how many bad records are borne; none by default"
             ),
             required("tables", map_of(staged_table_shape(), true), "name → what goes into it")}
    };
}

Operator upsert_operator() {
    Operator upsert{
        .name = "upsert",
        .paths = {},
        .meaning = "brings a staged table or a query's rows into a table, once",
        .args =
            {connection_field(),
             optional("from", text(check_not_blank), "task.table of a stage task"),
             optional("query", text(check_not_blank), "a query instead of a staged table"),
             required("into", text(check_not_blank), "schema.table; made where it is missing"),
             optional("key", texts(), "columns that tell rows apart"),
             contract_field("how the table may follow what comes"),
             optional(
                 "mode",
                 choice({"upsert", "append", "replace", "delete_insert", "scd2"}),
                 "upsert where there is a key"
             ),
             optional(
                 "checks",
                 list_of(check_shape(), true),
                 "checks of the rows before any of them is published"
             )},
        .one_of = {{"from", "query"}}
    };
    const auto deleting = deleting_fields();
    upsert.args.insert(upsert.args.end(), deleting.begin(), deleting.end());
    return upsert;
}

Operator quality_operator() {
    return {
        .name = "quality",
        .paths = {},
        .meaning = "checks tables; a failed check of severity error fails the task",
        .args =
            {connection_field(),
             optional(
                 "checks",
                 map_of(list_of(check_shape(), true), true),
                 "schema.table or task.table → its checks"
             ),
             optional("dbt", check_file_shape(), "the data tests of a dbt schema.yml"),
             optional("soda", check_file_shape(), "the checks of a SodaCL file")},
        .some_of = {"checks", "dbt", "soda"}
    };
}

}  // namespace reel::dagfile
