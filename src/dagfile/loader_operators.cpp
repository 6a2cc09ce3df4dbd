#include <utility>

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
        {required("path", text(check_not_blank), "file below the run's data folder, or a path"),
         optional("format", choice({"csv", "tsv"}), "csv by default"),
         optional("delimiter", text(), "one character; ',' by default"),
         optional("quote", character, "one character, or none; '\"' by default"),
         optional("header", boolean(), "whether the first record names the columns"),
         optional(
             "columns",
             list_of(text(check_not_blank), true),
             "names of the columns of a file without header"
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

ShapePtr staged_table_shape() {
    const ShapePtr column = either({column_shape(), text(check_not_blank)});
    return object(
        {optional("each", texts(), "list column, each of whose elements gives a row"),
         optional("key", texts(), "columns that tell rows apart; the last of equal ones wins"),
         required("columns", map_of(column, true), "name → where its value comes from")},
        "staged_table"
    );
}

/// What every check may say beside its own.
std::vector<Field> with_check_options(std::vector<Field> fields) {
    fields.push_back(optional("severity", choice({"error", "warn"}), "error by default"));
    fields.push_back(optional("where", text(check_not_blank), "SQL condition: which rows count"));
    fields.push_back(optional("name", text(check_not_blank), "what the result is called"));
    return fields;
}

ShapePtr check_object(std::vector<Field> fields, std::vector<std::string> some_of = {}) {
    return std::make_shared<const Shape>(Shape{
        .kind = ShapeKind::object,
        .fields = with_check_options(std::move(fields)),
        .some_of = std::move(some_of)
    });
}

Field column_field() {
    return required("column", text(check_not_blank), "the column");
}

/// A check of one column with bounds.
ShapePtr bounded_check() {
    const ShapePtr bound = either({number(), text(check_not_blank)});
    return check_object(
        {column_field(), optional("min", bound, "at least"), optional("max", bound, "at most")},
        {"min", "max"}
    );
}

ShapePtr row_count_check() {
    return either(
        {integer(0),
         check_object(
             {optional("min", integer(0), "at least"),
              optional("max", integer(0), "at most"),
              optional("equals", integer(0), "exactly")},
             {"min", "max", "equals"}
         )}
    );
}

/// A check of some columns, which may stand alone: `unique: [a, b]`.
ShapePtr columns_check() {
    const ShapePtr name = text(check_not_blank);
    const Field columns{
        .name = "columns",
        .shape = texts(),
        .meaning = "the columns",
        .required = true,
        .aliases = {"column"}
    };
    return either({name, list_of(name, true), check_object({columns})});
}

std::vector<Field> checks() {
    const ShapePtr name = text(check_not_blank);
    const ShapePtr max_age = either({number(), text(check_duration_text)});
    const ShapePtr scalar = either({text(), number(), boolean()});
    const Field to =
        required("to", text(check_column_reference), "table.column that must hold the value");
    return {
        optional("not_null", columns_check(), "no NULL in them"),
        optional("unique", columns_check(), "no two rows with equal values (NULL passes)"),
        optional("row_count", row_count_check(), "how many rows there are"),
        optional(
            "relationships",
            check_object({column_field(), to}),
            "every value is found in another table (NULL passes)"
        ),
        optional("range", bounded_check(), "values lie between min and max"),
        optional("length", bounded_check(), "texts have min to max characters"),
        optional(
            "accepted_values",
            check_object({column_field(), required("values", list_of(scalar, true), "the values")}),
            "values are among a few (NULL passes)"
        ),
        optional(
            "regex",
            check_object({column_field(), required("pattern", name, "regular expression")}),
            "values match a pattern"
        ),
        optional(
            "expression",
            either({name, check_object({required("expression", name, "SQL condition")})}),
            "a condition that holds for every row"
        ),
        optional(
            "sql",
            either({name, check_object({required("query", name, "gives the wrong rows")})}),
            "a query that gives the rows that are wrong"
        ),
        optional(
            "freshness",
            check_object({column_field(), required("max_age", max_age, "3d, 12h …")}),
            "the newest value is not older than max_age"
        ),
    };
}

/// One entry of a table's list: exactly one check, and options beside it.
ShapePtr one_check() {
    Shape shape{.kind = ShapeKind::object, .name = "check", .fields = checks()};
    for (const Field& field : shape.fields) {
        shape.exactly_one_of.push_back(field.name);
    }
    shape.fields = with_check_options(std::move(shape.fields));
    return std::make_shared<const Shape>(std::move(shape));
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
    return {
        .name = "upsert",
        .paths = {},
        .meaning = "brings a staged table or a query's rows into a table, once",
        .args =
            {connection_field(),
             optional("from", text(check_not_blank), "task.table of a stage task"),
             optional("query", text(check_not_blank), "a query instead of a staged table"),
             required("into", text(check_not_blank), "schema.table; made where it is missing"),
             optional("key", texts(), "columns that tell rows apart"),
             optional(
                 "mode", choice({"upsert", "append", "replace"}), "upsert where there is a key"
             )},
        .one_of = {{"from", "query"}}
    };
}

Operator quality_operator() {
    return {
        .name = "quality",
        .paths = {},
        .meaning = "checks tables; a failed check of severity error fails the task",
        .args =
            {connection_field(),
             required(
                 "checks",
                 map_of(list_of(one_check(), true), true),
                 "schema.table or task.table → its checks"
             )}
    };
}

}  // namespace reel::dagfile
