#include <gmock/gmock.h>

#include <string>

#include "unit/templating/fake_lookups.hpp"

namespace reel::templating {
namespace {

std::string error_of(std::string_view source) {
    FakeLookups lookups;
    const auto text = render(source, "task.sql", run_context, lookups);
    return text.has_value() ? "" : text.error().message;
}

TEST(EndlessTemplates, EndWhenTheirFuelIsGone) {
    EXPECT_THAT(
        error_of("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"),
        testing::HasSubstr("fuel")
    );
    EXPECT_NE(error_of("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"), "");
}

}  // namespace
}  // namespace reel::templating
