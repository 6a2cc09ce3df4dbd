#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "postgres/conninfo.hpp"
#include "postgres/failure.hpp"
#include "postgres/socket_path.hpp"
#include "reel/postgres/database.hpp"
#include "reel/postgres/error.hpp"

namespace reel::postgres {

namespace {

/// What the server makes of an array's text: written from its documentation, for one dimension.
std::vector<Param> read_array(std::string_view text) {
    std::vector<Param> values;
    EXPECT_TRUE(text.starts_with('{') && text.ends_with('}')) << text;
    text = text.substr(1, text.size() - 2);
    while (!text.empty()) {
        if (text.front() != '"') {
            const auto end = std::min(text.find(','), text.size());
            EXPECT_EQ(text.substr(0, end), "NULL");
            values.emplace_back(std::nullopt);
            text.remove_prefix(end);
        } else {
            std::string value;
            std::size_t at = 1;
            for (; at < text.size() && text[at] != '"'; ++at) {
                if (text[at] == '\\') ++at;
                value += text[at];
            }
            values.emplace_back(value);
            text.remove_prefix(at + 1);
        }
        if (!text.empty()) {
            EXPECT_EQ(text.front(), ',');
            text.remove_prefix(1);
        }
    }
    return values;
}

std::string nasty_text(std::mt19937& random) {
    static constexpr std::string_view alphabet = "a\"\\{},' \n\tNUL;=%@/:?#\xC3\xA9";
    std::string text;
    for (auto size = random() % 8; size > 0; --size) text += alphabet[random() % alphabet.size()];
    return text;
}

TEST(ArrayText, ComesBackValueByValue) {
    std::mt19937 random(3);
    for (int round = 0; round < 300; ++round) {
        std::vector<Param> values;
        for (auto size = random() % 5; size > 0; --size) {
            values.push_back(random() % 4 == 0 ? Param() : Param(nasty_text(random)));
        }
        EXPECT_EQ(read_array(array_literal(values)), values) << array_literal(values);
    }
}

TEST(ArrayText, TellsNullFromTheWord) {
    EXPECT_EQ(array_literal({"NULL"}), R"({"NULL"})");
    EXPECT_EQ(array_literal({"null"}), R"({"null"})");
    EXPECT_EQ(array_literal({std::nullopt}), "{NULL}");
    EXPECT_EQ(array_literal({""}), R"({""})");
}

TEST(ConninfoText, IsReadBackAsItWasWritten) {
    std::mt19937 random(5);
    for (int round = 0; round < 150; ++round) {
        Conninfo written("");
        for (const char* keyword : {"dbname", "host", "password", "user"}) {
            written.set_default(keyword, 'x' + nasty_text(random));
        }
        EXPECT_EQ(Conninfo(written.text()).text(), written.text());
    }
}

TEST(ConninfoText, OfAnEncodedUriHasTheDecodedValues) {
    std::mt19937 random(7);
    for (int round = 0; round < 150; ++round) {
        const std::string password = 'p' + nasty_text(random);
        const std::string database = 'd' + nasty_text(random);
        const Conninfo uri(
            "postgresql://ann:" + percent_encoded(password) + "@h/" + percent_encoded(database)
        );
        Conninfo wanted("");
        wanted.set_default("user", "ann");
        wanted.set_default("password", password);
        wanted.set_default("host", "h");
        wanted.set_default("dbname", database);
        EXPECT_EQ(uri.text(), wanted.text());
    }
}

TEST(ConninfoText, NamesEachKeywordOnceInTheirOrder) {
    for (const char* text :
         {"host=h user=u dbname=d",
          "dbname=d user=u host=h",
          "user=u host=h dbname=d",
          " host = h  user=u dbname='d'",
          "postgresql://u@h/d",
          "postgres://u@h/d",
          "host=other host=h user=u dbname=d"}) {
        EXPECT_EQ(Conninfo(text).text(), "dbname='d' host='h' user='u'") << text;
    }
}

TEST(ConninfoText, TheFirstDefaultOfAKeywordStays) {
    Conninfo conninfo("host=given");
    for (const char* value : {"first", "second", ""}) {
        conninfo.set_default("host", value);
        conninfo.set_default("user", value);
    }
    EXPECT_EQ(conninfo.text(), "host='given' user='first'");
}

TEST(Redaction, LeavesNoPasswordWhateverStandsAroundIt) {
    for (const std::string password : {"hunter2", "Q", "p w", "'", "üü", "x\\y"}) {
        Conninfo conninfo("host=h");
        conninfo.set_default("password", password);
        const std::string message =
            password + " and " + password + password + ", \"" + password + "\"";
        const std::string shown = conninfo.redact(message);
        EXPECT_EQ(shown.find(password), std::string::npos) << shown;
        EXPECT_THAT(shown, testing::StartsWith("*** "));
    }
}

TEST(Redaction, EndsEvenWhenThePasswordIsWhatReplacesIt) {
    Conninfo conninfo("host=h");
    conninfo.set_default("password", "*");
    EXPECT_EQ(conninfo.redact("a * b"), "a *** b");
}

TEST(PercentEncoding, IsUndoneByLibpqForEveryByte) {
    for (int byte = 1; byte < 256; ++byte) {
        const std::string text = std::string("x") + static_cast<char>(byte);
        Conninfo wanted("");
        wanted.set_default("dbname", text);
        EXPECT_EQ(Conninfo("postgresql:///" + percent_encoded(text)).text(), wanted.text()) << byte;
    }
}

struct StateCase {
    const char* name;
    std::vector<std::string> states;
    FailureKind kind;
};

TEST(SqlStates, OfOneClassAreMetAlike) {
    const StateCase cases[] = {
        {"connections", {"08001", "08003", "08004", "08007", "08P01"}, FailureKind::transient},
        {"rollbacks", {"40000", "40001", "40002", "40003", "40P01"}, FailureKind::transient},
        {"resources", {"53000", "53100", "53200", "53300", "53400"}, FailureKind::transient},
        {"operators", {"57P01", "57P02", "57P03", "57P04", "57P05"}, FailureKind::transient},
        {"constraints", {"23000", "23001", "23502", "23505", "23P01"}, FailureKind::conflict},
        {"cancelled", {"57000", "57014"}, FailureKind::bug},
        {"locks", {"55000", "55006", "55P02", "55P04"}, FailureKind::bug},
        {"data", {"22001", "22003", "22012", "22P02", "22021"}, FailureKind::bug},
        {"syntax", {"42601", "42703", "42P01", "42501"}, FailureKind::bug},
        {"authentication", {"28000", "28P01"}, FailureKind::bug},
        {"corruption", {"XX000", "XX001", "XX002"}, FailureKind::bug},
        {"no states at all", {"0", "4", "x"}, FailureKind::bug},
    };
    for (const StateCase& one : cases) {
        for (const std::string& state : one.states) {
            EXPECT_EQ(classify_sqlstate(state), one.kind) << one.name << ' ' << state;
        }
    }
}

TEST(TidiedMessage, HasOneSeverityLess) {
    for (const std::string severity : {"ERROR", "FATAL", "PANIC"}) {
        EXPECT_EQ(tidy_message(severity + ":  no such table"), "no such table");
        EXPECT_EQ(tidy_message(severity + ": one blank"), severity + ": one blank");
        EXPECT_EQ(tidy_message("at " + severity + ":  x"), "at " + severity + ":  x");
    }
    EXPECT_EQ(tidy_message("WARNING:  x"), "WARNING:  x");
}

TEST(TidiedMessage, DropsTheRowWhereverItStands) {
    const std::string row = "DETAIL:  Failing row contains (1, hunter2, null).";
    EXPECT_EQ(tidy_message(row), "");
    EXPECT_EQ(tidy_message(row + "\nx"), "x");
    EXPECT_EQ(tidy_message("x\n" + row), "x");
    EXPECT_EQ(tidy_message("x\n" + row + "\n" + row + "\ny\n"), "x\ny");
    EXPECT_EQ(
        tidy_message("DETAIL:  Key (id)=(1) already exists."),
        "DETAIL:  Key (id)=(1) already exists."
    );
}

TEST(TidiedMessage, IsTidyAlready) {
    for (const char* raw :
         {"ERROR:  a\n\n\nb\n", "a\nb", "\n\na", "FATAL:  x\nDETAIL:  y\nHINT:  z\n", ""}) {
        const std::string once = tidy_message(raw);
        EXPECT_EQ(tidy_message(once), once) << raw;
    }
}

}  // namespace

}  // namespace reel::postgres
