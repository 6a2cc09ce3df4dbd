#include "check_shapes.hpp"

#include <utility>

#include "text_checks.hpp"

namespace reel::dagfile {
namespace {

/// What every check may say beside its own.
std::vector<Field> with_check_options(std::vector<Field> fields) {
    const ShapePtr condition = text(check_threshold);
    fields.push_back(optional("severity", choice({"error", "warn"}), "error by default"));
    fields.push_back(
        optional("error_if", condition, "what fails: '> 10', '>= 1%'; '!= 0' by default")
    );
    fields.push_back(optional("warn_if", condition, "what warns; '!= 0' by default"));
    fields.push_back(optional("where", text(check_not_blank), "SQL condition: which rows count"));
    fields.push_back(optional("limit", integer(1), "most failing rows to show and to store"));
    fields.push_back(
        optional("store_failures", boolean(), "keep the failing rows in a table of schema reel")
    );
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

ShapePtr bound_shape() {
    return either({number(), text(check_not_blank)});
}

/// A check of one column with bounds.
ShapePtr bounded_check() {
    const ShapePtr bound = bound_shape();
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
             {"min", "max", "equals", "error_if", "warn_if"}
         )}
    );
}

/// A check of one number of the table, `of: avg(rating)`.
ShapePtr aggregate_check() {
    return check_object(
        {required("of", text(check_not_blank), "row_count, avg(column), null_share(column) …"),
         optional("min", bound_shape(), "at least"),
         optional("max", bound_shape(), "at most"),
         optional("equals", bound_shape(), "exactly")},
        {"min", "max", "equals", "error_if", "warn_if"}
    );
}

ShapePtr change_check() {
    return check_object(
        {required("of", text(check_not_blank), "row_count, avg(column), null_share(column) …"),
         optional(
             "against",
             choice({"last", "mean", "mad"}),
             "the last run (default), the mean of runs, their median absolute deviation"
         ),
         optional("runs", integer(1), "how many earlier runs count: 7 of mean, 14 of mad"),
         optional("within", bound_shape(), "at most so far off, either way: 20%, 1000"),
         optional("min", bound_shape(), "change at least: -10%"),
         optional("max", bound_shape(), "change at most: 50%")},
        {"within", "min", "max", "error_if", "warn_if"}
    );
}

ShapePtr schema_check() {
    const ShapePtr name = text(check_not_blank);
    return check_object(
        {optional(
             "columns",
             either({list_of(name, true), map_of(name, true)}),
             "columns that must be there, or name → type"
         ),
         optional("forbidden", texts(), "columns that must not be there"),
         optional("exact", boolean(), "whether no other column may be there")},
        {"columns", "forbidden"}
    );
}

/// A check of some columns, which may stand alone: `unique: [a, b]`.
ShapePtr columns_check(std::vector<Field> more = {}) {
    const ShapePtr name = text(check_not_blank);
    const Field columns{
        .name = "columns",
        .shape = texts(),
        .meaning = "the columns",
        .required = true,
        .aliases = {"column"}
    };
    more.push_back(columns);
    return either({name, list_of(name, true), check_object(std::move(more))});
}

/// Checks of the values in a column, or of a row.
std::vector<Field> row_checks() {
    const ShapePtr name = text(check_not_blank);
    const ShapePtr scalar = either({text(), number(), boolean()});
    return {
        optional("not_null", columns_check(), "no NULL in them"),
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
    };
}

/// Checks that need more than one row.
std::vector<Field> key_checks() {
    const ShapePtr name = text(check_not_blank);
    const Field to =
        required("to", text(check_column_reference), "table.column that must hold the value");
    return {
        optional(
            "unique",
            columns_check({optional("nulls_equal", boolean(), "whether a NULL is like another")}),
            "no two rows with equal values (NULL passes)"
        ),
        optional(
            "relationships",
            check_object(
                {column_field(),
                 to,
                 replaced("field", "write it behind the table: to: table.column")}
            ),
            "every value is found in another table (NULL passes)"
        ),
        optional(
            "sql",
            either({name, check_object({required("query", name, "gives the wrong rows")})}),
            "a query that gives the rows that are wrong"
        ),
    };
}

/// Checks of a table as a whole.
std::vector<Field> table_checks() {
    const ShapePtr max_age = either({number(), text(check_duration_text)});
    return {
        optional("row_count", row_count_check(), "how many rows there are"),
        optional(
            "freshness",
            check_object(
                {column_field(), optional("max_age", max_age, "3d, 12h …")},
                {"max_age", "error_if", "warn_if"}
            ),
            "the newest value is not older than max_age"
        ),
        optional("schema", schema_check(), "columns and their types"),
        optional("aggregate", aggregate_check(), "a number of the whole table has bounds"),
        optional(
            "change", change_check(), "a number of the whole table is near that of earlier runs"
        ),
    };
}

}  // namespace

ShapePtr check_shape() {
    Shape shape{.kind = ShapeKind::object, .name = "check"};
    for (const auto& kinds : {row_checks(), key_checks(), table_checks()}) {
        for (const Field& field : kinds) {
            shape.fields.push_back(field);
            shape.exactly_one_of.push_back(field.name);
        }
    }
    shape.fields = with_check_options(std::move(shape.fields));
    return std::make_shared<const Shape>(std::move(shape));
}

ShapePtr check_file_shape() {
    const ShapePtr name = text(check_not_blank);
    const ShapePtr file = object(
        {required("path", name, "beside the DAG file"),
         optional("schema", name, "where tables are that go by their name alone; public"),
         optional("tables", map_of(name, true), "name in the file → schema.table or task.table")},
        "check_file"
    );
    return either({name, file, list_of(either({name, file}), true)});
}

}  // namespace reel::dagfile
