#include <gmock/gmock.h>

#include "reel/templating/render.hpp"

namespace reel::templating {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(StagedReferences, AreFoundInExpressionsAndStatements) {
    EXPECT_THAT(
        staged_references("select * from {{ staged('a.b') }} join {{staged( \"c.d\" )}} using (id)"
        ),
        ElementsAre("a.b", "c.d")
    );
    EXPECT_THAT(staged_references("{% set t = staged('a.b') %}{{ t }}"), ElementsAre("a.b"));
    EXPECT_THAT(staged_references("{{- staged('a.b') -}}"), ElementsAre("a.b"));
    EXPECT_THAT(staged_references("{{ 'x' ~ staged('a.b') | upper }}"), ElementsAre("a.b"));
}

TEST(StagedReferences, AreGivenOnceInOrder) {
    EXPECT_THAT(
        staged_references("{{ staged('b.x') }}{{ staged('a.x') }}{{ staged('b.x') }}"),
        ElementsAre("b.x", "a.x")
    );
}

TEST(StagedReferences, AreNotFoundWhereTheyAreNoCalls) {
    for (const auto* source :
         {"staged('a.b')",
          "{# {{ staged('a.b') }} #}",
          "{% raw %}{{ staged('a.b') }}{% endraw %}",
          "{{ \"staged('a.b')\" }}",
          "{{ x.staged('a.b') }}",
          "{{ unstaged('a.b') }}",
          "{{ staged_('a.b') }}",
          "{{ staged(name) }}",
          "{{ staged('a.' ~ table) }}",
          "{{ staged }}",
          "{{ staged('a.b",
          "{{ staged(",
          "{",
          "{{",
          ""}) {
        EXPECT_THAT(staged_references(source), IsEmpty()) << source;
    }
}

TEST(StagedReferences, AreFoundBehindOtherBlocks) {
    EXPECT_THAT(
        staged_references("{% raw %}{{ x }}{% endraw %}{# c #}{ {{ 'it\\'s' }} {{ staged('a.b') }}"
        ),
        ElementsAre("a.b")
    );
}

}  // namespace
}  // namespace reel::templating
