#include "scheduler/output_assets.hpp"

#include <gmock/gmock.h>

namespace reel::scheduler {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

core::Result<OutputAssets> named(
    const std::vector<std::string>& aliases,
    const std::string& value,
    const std::string& key = "return_value"
) {
    core::Task task;
    task.outlet_aliases = aliases;
    store::XComRecord xcom{.key = {}, .name = key, .value = {value}, .at = {}};
    return named_assets(task, {xcom});
}

std::string mistake(const std::vector<std::string>& aliases, const std::string& value) {
    const auto assets = named(aliases, value);
    return assets ? "" : assets.error().message;
}

OutputAsset asset(
    const std::string& uri, std::vector<std::string> aliases, const std::string& extra = "{}"
) {
    return {.uri = uri, .extra = {extra}, .aliases = std::move(aliases)};
}

TEST(OutputAssets, AreNoneWithoutAliasOrValue) {
    EXPECT_THAT(named({}, R"("s3://a")").value(), IsEmpty());
    EXPECT_THAT(named({"x"}, "null").value(), IsEmpty());
    EXPECT_THAT(named({"x"}, "[]").value(), IsEmpty());
    EXPECT_THAT(named({"x"}, R"("s3://a")", "other").value(), IsEmpty());
    EXPECT_THAT(named({"x", "y"}, "{}").value(), IsEmpty());
}

TEST(OutputAssets, MayBeWrittenInManyForms) {
    EXPECT_THAT(named({"x"}, R"("s3://a")").value(), ElementsAre(asset("s3://a", {"x"})));
    EXPECT_THAT(named({"x"}, R"({"uri": "s3://a"})").value(), ElementsAre(asset("s3://a", {"x"})));
    EXPECT_THAT(
        named({"x"}, R"({"uri": "s3://a", "extra": {"rows": 3}})").value(),
        ElementsAre(asset("s3://a", {"x"}, R"({"rows":3})"))
    );
    EXPECT_THAT(
        named({"x"}, R"(["s3://b", {"uri": "s3://a"}])").value(),
        ElementsAre(asset("s3://b", {"x"}), asset("s3://a", {"x"}))
    );
}

TEST(OutputAssets, OfSeveralAliasesStandUnderTheirNames) {
    EXPECT_THAT(
        named({"x", "y", "z"}, R"({"x": "s3://a", "y": ["s3://b", "s3://a"]})").value(),
        ElementsAre(asset("s3://a", {"x", "y"}), asset("s3://b", {"y"}))
    ) << "an asset that two of them name has one event";
}

TEST(OutputAssets, WithOtherWordsHaveAnotherEvent) {
    EXPECT_THAT(
        named({"x"}, R"(["s3://a", {"uri": "s3://a", "extra": {"n": 1}}, "s3://a"])").value(),
        SizeIs(2)
    );
}

TEST(OutputAssets, ThatAreNoneAreRefused) {
    EXPECT_EQ(
        mistake({"x"}, "7"),
        "its output names no asset for alias 'x': it must be a URI, a map of uri and extra, or a "
        "list of such, not number"
    );
    EXPECT_THAT(mistake({"x"}, R"({"url": "s3://a"})"), HasSubstr("not object"));
    EXPECT_THAT(mistake({"x"}, R"(["s3://a", true])"), HasSubstr("not boolean"));
    EXPECT_THAT(mistake({"x"}, R"("two words")"), HasSubstr("the URI must be made of visible"));
    EXPECT_THAT(mistake({"x"}, R"({"uri": "a", "extra": 1})"), HasSubstr("'extra' that is no map"));
}

TEST(OutputAssets, OfSeveralAliasesMustBeAMapOfThem) {
    EXPECT_THAT(mistake({"x", "y"}, R"("s3://a")"), HasSubstr("a map of its aliases"));
    EXPECT_EQ(
        mistake({"x", "y"}, R"({"w": "s3://a"})"), "its output names 'w', no alias of its own"
    );
}

}  // namespace
}  // namespace reel::scheduler
