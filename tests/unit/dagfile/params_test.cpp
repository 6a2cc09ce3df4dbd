#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsing.hpp"

namespace reel::dagfile {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A DAG with one task and these params, each line indented by four blanks.
std::string dag(const std::string& params, const std::string& schedule = "none") {
    return "d:\n  params:\n" + params + "  schedule: \"" + schedule +
           "\"\n  tasks: [{task_id: a, operator: empty}]\n";
}

json params_of(const std::string& lines) {
    return json::parse(parse_one(dag(lines)).params.text);
}

TEST(Params, ThatArePlainValuesTakeAnything) {
    EXPECT_EQ(
        params_of("    a: x\n    b: 5\n    c: [1]\n    e: {f: g}\n    h: null\n"), json::parse(R"({
            "a": {"default": "x"}, "b": {"default": 5}, "c": {"default": [1]},
            "e": {"default": {"f": "g"}}, "h": {"default": null}
        })")
    );
}

TEST(Params, MayBeASchemaWithADefault) {
    EXPECT_EQ(
        params_of("    dataset: {type: string, default: x.zip, description: zip file}\n"
                  "    n: {type: [integer, 'null'], default: null, minimum: 1, maximum: 5}\n"
                  "    mode: {type: string, enum: [a, b], default: b, title: Mode}\n"),
        json::parse(R"({
            "dataset": {"type": "string", "default": "x.zip", "description": "zip file"},
            "n": {"type": ["integer", "null"], "default": null, "minimum": 1, "maximum": 5},
            "mode": {"type": "string", "enum": ["a", "b"], "default": "b", "title": "Mode"}
        })")
    );
}

TEST(Params, MayBeWrittenAsAirflowsParam) {
    EXPECT_EQ(
        params_of("    n: {__type__: airflow.sdk.Param, default: 3, type: integer}\n"),
        json::parse(R"({"n": {"default": 3, "type": "integer"}})")
    );
}

TEST(Params, MustHaveADefaultThatFits) {
    EXPECT_THAT(
        mistakes_in(dag(R"(    a: {type: string, default: 5}
    b: {type: integer, default: "5"}
    c: {type: integer, default: 1.5}
    e: {type: number, default: 7, maximum: 5}
    f: {type: number, default: 7, minimum: 7.5}
    g: {type: string, default: abc, maxLength: 2}
    h: {type: string, default: x, enum: [y, z]}
    i: {type: [string, "null"], default: [1]}
    j: {type: object, default: {a: 1}}
    k: {type: array, default: {a: 1}}
    l: {type: boolean, default: true}
    m: {type: string, default: äöü, maxLength: 3, minLength: 3}
)")),
        ElementsAre(
            "3:32 the default of param 'a' must be of type string, not a number",
            "4:33 the default of param 'b' must be of type integer, not a text",
            "5:33 the default of param 'c' must be of type integer, not a number",
            "6:32 the default of param 'e' must be at most 5",
            "7:32 the default of param 'f' must be at least 7.5",
            "8:32 the default of param 'g' must have at most 2 characters",
            "9:32 the default of param 'h' must be one of [\"y\",\"z\"]",
            "10:42 the default of param 'i' must be of type string or null, not a list",
            "12:31 the default of param 'k' must be of type array, not a map"
        )
    );
}

TEST(Params, MustHaveADefaultThatFitsEveryBound) {
    EXPECT_THAT(
        mistakes_in(dag(R"(    a: {type: number, default: 5, exclusiveMinimum: 5}
    b: {type: number, default: 5, exclusiveMaximum: 5}
    c: {type: number, default: 5, exclusiveMinimum: 4.9, exclusiveMaximum: 5.1}
    e: {type: array, default: [1], minItems: 2}
    f: {type: array, default: [1, 2, 3], maxItems: 2}
    g: {type: array, default: [1, 2], minItems: 2, maxItems: 2}
    h: {default: x, const: y}
    i: {default: {a: [1]}, const: {a: [1]}}
    j: {type: string, default: "10", maximum: 5, maxItems: 0}
    k: {type: integer, default: 10, maxLength: 1, maxItems: 0}
    l: {type: [integer, "null"], default: null, minimum: 5}
)")),
        ElementsAre(
            "3:32 the default of param 'a' must be more than 5",
            "4:32 the default of param 'b' must be less than 5",
            "6:31 the default of param 'e' must have at least 2 items",
            "7:31 the default of param 'f' must have at most 2 items",
            "9:18 the default of param 'h' must be \"y\""
        )
    );
}

TEST(Params, MustBeProperSchemas) {
    EXPECT_THAT(
        mistakes_in(dag("    a: {type: strng, default: x}\n    b: {type: string, defalt: x}\n"
                        "    c: {default: 1, minimum: low}\n")),
        ElementsAre(
            HasSubstr("3:15 'type' of param 'a' must not be 'strng'"),
            "4:23 unknown key 'defalt' in param 'b'",
            "5:30 'minimum' of param 'c' must be a number, not the text 'low'"
        )
    );
    EXPECT_THAT(
        mistakes_in("d: {params: [a], tasks: {a: {operator: empty}}}\n"),
        ElementsAre("1:13 'params' of DAG 'd' must be a map, not a list")
    );
}

TEST(Params, AreHeldToTheirSchemaInDepth) {
    EXPECT_THAT(
        mistakes_in(dag(R"(    a:
      type: array
      items: {type: object, required: [id], properties: {id: {type: integer}}}
      default:
      - {id: 1}
      - {id: x}
      - {}
    b: {type: [string, "null"], format: date, default: null}
    c: {type: string, format: date, default: "2026-02-30"}
    e: {anyOf: [{type: integer}, {type: string, pattern: "^a"}], default: b}
    f: {type: object, additionalProperties: false, properties: {x: {}}, default: {y: 1}}
    g: {type: string, format: multiline, section: Texts, default: x, examples: [y]}
)")),
        ElementsAre(
            "8:14 the default of param 'a' at /1/id must be of type integer, not a text",
            "9:9 the default of param 'a' at /2 lacks 'id'",
            "11:46 the default of param 'c' must be a date like 2026-01-31",
            HasSubstr("the default of param 'e' must be of type integer, not a text, or must match"
            ),
            HasSubstr("the default of param 'f' must not have 'y'")
        )
    );
}

TEST(Params, HaveSchemasThatCanBeChecked) {
    EXPECT_THAT(
        mistakes_in(dag(R"(    a: {type: array, items: {type: strng}, default: []}
    b: {type: string, pattern: "[", default: x}
    c: {default: 1, oneOf: [{$ref: "#/$defs/none"}]}
    e: {default: 1, items: 5}
)")),
        ElementsAre(
            HasSubstr("3:36 the schema of param 'a' at /items/type must be a type of JSON"),
            HasSubstr("4:32 the schema of param 'b' at /pattern must be a regular expression"),
            HasSubstr("the schema of param 'c' at /oneOf/0/$ref leads nowhere"),
            HasSubstr("the schema of param 'e' at /items must be a schema, not a number")
        )
    );
}

TEST(Params, OfATaskStandBesideThoseOfTheDag) {
    const core::Dag dag = parse_one(R"(d:
  params: {a: 1, b: 2}
  default_args: {params: {b: 3, c: 4}}
  task_groups: {g: {default_args: {params: {x: of the group, y: of the group}}}}
  tasks:
    plain: {operator: empty}
    own: {operator: empty, params: {x: {type: string, default: own}, z: 5}, task_group_name: g}
    inner: {operator: empty, task_group_name: g}
)");
    EXPECT_EQ(dag.params.text, R"({"b":{"default":3},"c":{"default":4},"a":{"default":1}})")
        << "as in Airflow, those of default_args are the DAG's, and win";
    EXPECT_EQ(task_of(dag, "plain").params.text, "{}");
    EXPECT_EQ(
        task_of(dag, "g.own").params.text,
        R"({"x":{"type":"string","default":"own"},"z":{"default":5},"y":{"default":"of the group"}})"
    );
    EXPECT_EQ(
        task_of(dag, "g.inner").params.text,
        R"({"x":{"default":"of the group"},"y":{"default":"of the group"}})"
    );
}

TEST(Params, OfATaskAreHeldToTheirSchemaToo) {
    EXPECT_THAT(
        mistakes_in(bash_task("    params: {n: {type: integer, default: many}}\n")),
        ElementsAre(testing::HasSubstr("6:42 the default of param 'n'"))
    );
    EXPECT_THAT(mistakes_in(bash_task("    params: [n]\n")), testing::SizeIs(1));
}

TEST(Params, OfAScheduledDagNeedADefault) {
    EXPECT_THAT(
        mistakes_in(dag("    a: {type: string}\n", "@daily")),
        ElementsAre("3:5 param 'a' lacks a default")
    );
    EXPECT_THAT(mistakes_in(dag("    a: {type: string}\n")), IsEmpty());
    EXPECT_THAT(mistakes_in(dag("    a: {type: string, default: x}\n", "@daily")), IsEmpty());
}

}  // namespace
}  // namespace reel::dagfile
