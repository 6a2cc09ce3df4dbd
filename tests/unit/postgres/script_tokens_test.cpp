#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "postgres/script.hpp"

namespace reel::postgres {

namespace {

using testing::ElementsAre;

/// A statement that has semicolons where they end nothing, and on how many lines it stands.
struct Statement {
    std::string sql;
    std::size_t lines;
};

const std::vector<Statement>& statements() {
    static const std::vector<Statement> all = {
        {"select 1", 1},
        {"select\n1", 2},
        {"select ';'", 1},
        {"select '\n;\n'", 3},
        {"select 'it''s; --'", 1},
        {"select '\\'", 1},
        {"select E'\\';'", 1},
        {"select e'\\\\'", 1},
        {"select e'\\\n;'", 2},
        {"select \"a;\"", 1},
        {"select \"a\"\";\"", 1},
        {"select \"\\\"", 1},
        {"select $$;$$", 1},
        {"select $$\n;\n;$$", 3},
        {"select $a$;$$;$b$;$a$", 1},
        {"select $ü$;$ü$", 1},
        {"select $_1$;$_1$", 1},
        {"select $1", 1},
        {"select $1 || $2", 1},
        {"select a$b", 1},
        {"select 1 -- ;\n", 2},
        {"select 1 -- 'it\n", 2},
        {"select /* ; */ 1", 1},
        {"select /* ' */ 1", 1},
        {"select /* ; /* ; */ ; */ 1", 1},
        {"select /*\n\n*/ 1", 3},
        {"select 1 - - 1", 1},
        {"select 4 / 2", 1},
        {"select 2 */* ; */ 3", 1},
        {"select '--', '/*'", 1},
        {"select \"--\", \"/*\"", 1},
        {"select $$ -- /* ' $$", 1},
        {"create function f() returns int as $f$ begin; return 1; end; $f$ language plpgsql", 1},
        {"select U&'\\0041;'", 1},
        {"select type'a\\'", 1},
        {"select 'größe; 値'", 1},
    };
    return all;
}

TEST(ScriptTokens, NoStatementIsTakenForTwo) {
    for (const Statement& one : statements()) {
        EXPECT_THAT(statement_lines(one.sql), ElementsAre(1)) << one.sql;
        EXPECT_THAT(statement_lines(one.sql + ";"), ElementsAre(1)) << one.sql;
    }
}

TEST(ScriptTokens, EveryStatementEndsWhereItsSemicolonIs) {
    for (const Statement& one : statements()) {
        EXPECT_THAT(statement_lines(one.sql + ";\nselect 2"), ElementsAre(1, one.lines + 1))
            << one.sql;
    }
}

TEST(ScriptTokens, AnyTwoStatementsAreTwo) {
    for (const Statement& one : statements()) {
        for (const Statement& other : statements()) {
            const std::string script = one.sql + ";\n" + other.sql + ";";
            EXPECT_THAT(statement_lines(script), ElementsAre(1, one.lines + 1)) << script;
        }
    }
}

TEST(ScriptTokens, LinesAddUpOverALongScript) {
    std::mt19937 random(3);
    for (int round = 0; round < 20; ++round) {
        std::string script;
        std::vector<std::size_t> wanted;
        std::size_t line = 1;
        for (int i = 0; i < 20; ++i) {
            const Statement& one = statements()[random() % statements().size()];
            for (auto blanks = random() % 3; blanks > 0; --blanks, ++line) {
                script += random() % 2 == 0 ? "\n" : "-- ;\n";
            }
            wanted.push_back(line);
            script += one.sql + ";\n";
            line += one.lines;
        }
        EXPECT_EQ(statement_lines(script), wanted) << script;
    }
}

TEST(ScriptTokens, EmptyStatementsBetweenOthersDoNotCount) {
    for (const char* nothing : {";", " ; ", "\t;", "/* ; */;", ";;;"}) {
        const std::string script =
            std::string(nothing) + "select 1;" + nothing + "\nselect 2;" + nothing;
        EXPECT_THAT(statement_lines(script), ElementsAre(1, 2)) << script;
    }
}

TEST(ScriptTokens, ABlankOfAnyKindIsNoStatement) {
    for (const char blank : {' ', '\t', '\n', '\r', '\f', '\v'}) {
        EXPECT_TRUE(statement_lines(std::string(5, blank)).empty());
    }
}

TEST(ScriptTokens, AnyCutOfAScriptIsReadToItsEnd) {
    std::string script;
    for (const Statement& one : statements()) script += one.sql + ";\n";
    const auto whole = statement_lines(script);
    std::size_t before = 0;
    for (std::size_t size = 0; size <= script.size(); ++size) {
        const auto lines = statement_lines(std::string_view(script).substr(0, size));
        ASSERT_LE(lines.size(), whole.size());
        ASSERT_GE(lines.size(), before) << "a longer text has no fewer statements";
        before = lines.size();
        EXPECT_TRUE(std::equal(lines.begin(), lines.end(), whole.begin())) << size;
    }
    EXPECT_EQ(before, statements().size());
}

TEST(ScriptLines, EveryCharacterIsOnTheLineThatItsBreaksCount) {
    const std::string sql = "a\n\nü値\n😀x\n";
    std::size_t position = 0;
    std::size_t line = 1;
    for (std::size_t at = 0; at < sql.size(); ++at) {
        if ((static_cast<unsigned char>(sql[at]) & 0xC0U) == 0x80U) continue;
        EXPECT_EQ(line_of_character(sql, ++position), line) << position;
        if (sql[at] == '\n') ++line;
    }
    EXPECT_EQ(line_of_character(sql, position + 1), line);
}

}  // namespace

}  // namespace reel::postgres
