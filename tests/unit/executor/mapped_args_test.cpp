#include "executor/mapped_args.hpp"

#include <gmock/gmock.h>

#include "executor/render.hpp"
#include "fake_store.hpp"
#include "fixture.hpp"

namespace reel::executor {

using core::Errc;

namespace {

core::MapSource listed(const std::string& argument, const std::string& literal) {
    return {.argument = argument, .literal = {literal}, .upstream = {}};
}

/// Task "load" of a mapping, at one index; a task "source" stands behind it in the list.
scheduler::AttemptOrder mapped_order(std::vector<core::MapSource> sources, int index) {
    auto order = an_order("bash", Json::object(), [&](core::Dag& dag) {
        add_task(dag, "source", "python");
        dag.tasks[0].mapping = core::Mapping{std::move(sources)};
    });
    order.key.map_index = index;
    return order;
}

core::Result<Json> nothing_pushed(const std::string&, const std::string&) {
    return core::fail(Errc::not_found, "nothing was pushed");
}

std::string args_at(const std::vector<core::MapSource>& sources, int index) {
    const auto args = mapped_args(mapped_order(sources, index), nothing_pushed);
    if (!args) {
        return args.error().message;
    }
    Json values = Json::object();
    for (const auto& [name, arg] : *args) {
        values[name] = arg.value;
    }
    return values.dump();
}

}  // namespace

TEST(MappedArgs, GiveEachInstanceItsElement) {
    EXPECT_EQ(args_at({listed("x", "[10,20]")}, 0), R"({"x":10})");
    EXPECT_EQ(args_at({listed("x", "[10,20]")}, 1), R"({"x":20})");
}

TEST(MappedArgs, TurnTheLastOfSeveralListsFastest) {
    const std::vector sources{listed("x", "[1,2]"), listed("y", R"(["a","b","c"])")};
    EXPECT_EQ(args_at(sources, 0), R"({"x":1,"y":"a"})");
    EXPECT_EQ(args_at(sources, 1), R"({"x":1,"y":"b"})");
    EXPECT_EQ(args_at(sources, 3), R"({"x":2,"y":"a"})");
    EXPECT_EQ(args_at(sources, 5), R"({"x":2,"y":"c"})");
}

TEST(MappedArgs, TakeAMapAsItsPairs) {
    EXPECT_EQ(args_at({listed("x", R"({"a":1,"b":2})")}, 1), R"({"x":["b",2]})");
}

TEST(MappedArgs, TakeKwargsAsSeveralArguments) {
    EXPECT_EQ(args_at({listed("", R"([{"x":1,"y":2},{"x":3}])")}, 0), R"({"x":1,"y":2})");
    EXPECT_EQ(args_at({listed("", R"([{"x":1,"y":2},{"x":3}])")}, 1), R"({"x":3})");
}

TEST(MappedArgs, SayWhenTheListHasBecomeShorter) {
    EXPECT_EQ(args_at({listed("x", "[1]")}, 1), "there is no element for map index 1 any more");
    EXPECT_EQ(args_at({listed("x", "[]")}, 0), "there is no element for map index 0 any more");
}

TEST(MappedArgs, AskForWhatAnUpstreamPushedUnderItsKey) {
    core::MapSource source{.argument = "x", .literal = {}, .upstream = 1, .xcom_key = "files"};
    std::string asked;
    const auto args = mapped_args(
        mapped_order({source}, 1),
        [&](const std::string& task, const std::string& key) -> core::Result<Json> {
            asked = task + "/" + key;
            return Json::array({"a.csv", "b.csv"});
        }
    );
    EXPECT_EQ(asked, "source/files");
    EXPECT_EQ(args->at("x").value, "b.csv");
    EXPECT_FALSE(args->at("x").is_from_file) << "what a task pushed is no template";
}

TEST(MappedArgs, AreThereForNobodyElse) {
    EXPECT_EQ(args_at({listed("x", "[1]")}, -1), "{}");
    EXPECT_TRUE(mapped_args(an_order("bash", Json::object()), nothing_pushed)->empty());
}

TEST(MappedArgs, AreRenderedAndKnownToTemplates) {
    auto order =
        an_order("bash", Json{{"cwd", "/tmp/{{ expand.bash_command }}"}}, [](core::Dag& dag) {
            dag.tasks[0].mapping = core::Mapping{{listed("bash_command", R"(["{{ ds }}","x"])")}};
        });
    order.key.map_index = 0;
    FakeStore store;
    SecretMask mask;
    const config::Environment environment;
    Connections connections(environment, store, {}, mask);
    const auto rendered = render_arguments(order, store, connections);
    ASSERT_TRUE(rendered) << rendered.error().describe();
    EXPECT_EQ(rendered->args["bash_command"], "2024-01-31");
    EXPECT_EQ(rendered->args["cwd"], "/tmp/2024-01-31");
}

}  // namespace reel::executor
