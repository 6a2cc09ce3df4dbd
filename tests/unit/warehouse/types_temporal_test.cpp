#include <chrono>

#include "types_wire_reader.hpp"

namespace reel::warehouse {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

/// What the server would show for a date.
std::string date(std::string_view text, std::string_view format = {}) {
    std::string field = encode_as("date", text, format);
    if (field.starts_with('!')) return field;
    const auto days = std::chrono::days(WireReader(field).integer(4));
    const year_month_day shown(sys_days(year(2000) / 1 / 1) + days);
    return std::to_string(static_cast<int>(shown.year())) + '-' +
           std::to_string(static_cast<unsigned>(shown.month())) + '-' +
           std::to_string(static_cast<unsigned>(shown.day()));
}

/// Microseconds since 2000 or since midnight.
std::string micros(std::string_view type, std::string_view text, std::string_view format = {}) {
    return encode_integer(type, text, format);
}

TEST(Dates, AreReadAsIso) {
    EXPECT_EQ(date("2000-01-01"), "2000-1-1");
    EXPECT_EQ(date(" 1874-12-09 "), "1874-12-9");
    EXPECT_EQ(date("0001-01-01"), "1-1-1");
    EXPECT_EQ(date("9999-12-31"), "9999-12-31");
    EXPECT_EQ(date("2024-02-29"), "2024-2-29");
    EXPECT_EQ(date("1995-10-30 00:00:00"), "1995-10-30");
    EXPECT_EQ(encode_integer("date", std::string_view("1999-12-31")), "-1");
}

TEST(Dates, RefuseWhatIsNoDate) {
    EXPECT_EQ(date("2023-02-29"), "!no such date");
    EXPECT_EQ(date("2023-13-01"), "!no such date");
    EXPECT_EQ(date("2023-00-10"), "!no such date");
    EXPECT_EQ(date("0000-01-01"), "!no such date");
    EXPECT_EQ(date("1995-10-30 10:00:00"), "!not a date: it has a time of day");
    for (const std::string_view text :
         {"",
          "1995",
          "1995-1-2",
          "10/30/95",
          "19951030",
          "1995-10-30x",
          "1995-10",
          "/ff9q.jpg",
          "12:30",
          "12345-01-01"}) {
        EXPECT_EQ(date(text), "!not a date (YYYY-MM-DD)") << text;
    }
}

TEST(Dates, AreReadByAFormat) {
    EXPECT_EQ(date("30/10/1995", "%d/%m/%Y"), "1995-10-30");
    EXPECT_EQ(date("3.1.95", "%d.%m.%y"), "1995-1-3");
    EXPECT_EQ(date("3.1.68", "%d.%m.%y"), "2068-1-3");
    EXPECT_EQ(date("19951030", "%Y%m%d"), "1995-10-30");
    EXPECT_EQ(date("Oct 30, 1995", "%b %d, %Y"), "1995-10-30");
    EXPECT_EQ(date("30  OCTOBER 1995", "%d %B %Y"), "1995-10-30");
    EXPECT_EQ(date("2024/366", "%Y/%j"), "2024-12-31");
    EXPECT_EQ(date("100% 1995-10-30", "100%% %F"), "1995-10-30");
    EXPECT_EQ(date("1995-10-30T23:59", "%FT%H:%M"), "1995-10-30");
    EXPECT_EQ(date("2023/366", "%Y/%j"), "!no such date");
    EXPECT_EQ(date("2023/0", "%Y/%j"), "!no such date");
    EXPECT_EQ(date("31/02/2023", "%d/%m/%Y"), "!no such date");
    EXPECT_EQ(date("1995-10-30", "%d/%m/%Y"), "!not of the format %d/%m/%Y");
    EXPECT_EQ(date("30/10/1995 x", "%d/%m/%Y"), "!not of the format %d/%m/%Y");
    EXPECT_EQ(date("30/Okt/1995", "%d/%b/%Y"), "!not of the format %d/%b/%Y");
}

TEST(Dates, AreReadFromEpochs) {
    EXPECT_EQ(date("0", "epoch"), "1970-1-1");
    EXPECT_EQ(date("-1", "epoch"), "1969-12-31");
    EXPECT_EQ(date("1260759144000", "epoch_ms"), "2009-12-14");
    EXPECT_EQ(date("soon", "epoch"), "!not a number of seconds");
    EXPECT_EQ(date("", "epoch_ms"), "!not a number of milliseconds");
    EXPECT_EQ(date("99999999999999999999", "epoch"), "!out of range");
}

TEST(Times, AreReadAsIsoOrByAFormat) {
    EXPECT_EQ(micros("time", "00:00"), "0");
    EXPECT_EQ(micros("time", "10:20:30.25"), "37230250000");
    EXPECT_EQ(micros("time", "24:00:00"), "86400000000");
    EXPECT_EQ(micros("time", "12:05 am", "%I:%M %p"), "300000000");
    EXPECT_EQ(micros("time", "12:05PM", "%I:%M%p"), "43500000000");
    EXPECT_EQ(micros("time", "00:05PM", "%I:%M%p"), "!no such time");
    for (const char* text : {"24:00:01", "10:60", "25:00", "10:00:61"}) {
        EXPECT_EQ(micros("time", text), "!no such time") << text;
    }
    EXPECT_EQ(micros("time", "10:00Z"), "!not a time: it has a zone");
    for (const char* text :
         {"", "10", "1:30", "10:00:", "10:00:00.", "2024-01-01 10:00", "10:00x"}) {
        EXPECT_EQ(micros("time", text), "!not a time (HH:MM:SS)") << text;
    }
}

TEST(Timestamps, AreReadAsIsoInUtcUnlessTheTextSaysOtherwise) {
    for (const std::string_view type : {"timestamp", "timestamptz"}) {
        EXPECT_EQ(micros(type, "2000-01-01 00:00:00"), "0");
        EXPECT_EQ(micros(type, "2000-01-01"), "0");
        EXPECT_EQ(micros(type, "2000-01-01T00:00:01.5Z"), "1500000");
        EXPECT_EQ(micros(type, "2000-01-01t02:00+02:00"), "0");
        EXPECT_EQ(micros(type, "1999-12-31 19:00:00 -0500"), "0");
        EXPECT_EQ(micros(type, "2000-01-01 05:30:00+05:30"), "0");
        EXPECT_EQ(micros(type, "2000-01-01 02:00:00+02"), "0");
        EXPECT_EQ(micros(type, "2000-01-01 00:00:00 UTC"), "0");
        EXPECT_EQ(micros(type, "1999-12-31 23:59:60"), "0");
        EXPECT_EQ(micros(type, "1999-12-31 24:00:00"), "0");
    }
    EXPECT_EQ(micros("timestamp", "2000-01-01 00:00:00.0000005"), "1");
    EXPECT_EQ(micros("timestamp", "2000-01-01 00:00:00.00000049"), "0");
    EXPECT_EQ(micros("timestamp", "2000-01-01 00:00:00.999999999"), "1000000");
}

TEST(Timestamps, AreReadFromEpochs) {
    EXPECT_EQ(micros("timestamptz", "946684800", "epoch"), "0");
    EXPECT_EQ(micros("timestamptz", "946684800.25", "epoch"), "250000");
    EXPECT_EQ(micros("timestamp", "946684800001", "epoch_ms"), "1000");
    EXPECT_EQ(micros("timestamp", "946684800000.5", "epoch_ms"), "500");
    EXPECT_EQ(micros("timestamp", "-0.5", "epoch"), "-946684800500000");
    EXPECT_EQ(micros("timestamp", "9223372036854775807", "epoch"), "!out of range");
    EXPECT_EQ(micros("timestamp", "-210866803201", "epoch"), "!out of range for timestamp");
    EXPECT_EQ(micros("timestamp", "-99999999999", "epoch"), "-100946684799000000");
    for (const char* text : {"", "-", "1e9", "1.", ".5", "1.5x", "2000-01-01"}) {
        EXPECT_EQ(micros("timestamp", text, "epoch"), "!not a number of seconds") << text;
    }
}

TEST(Timestamps, AreReadByAFormat) {
    EXPECT_EQ(micros("timestamp", "01/Jan/2000:00:00:01.5 +0000", "%d/%b/%Y:%T.%f %z"), "1500000");
    EXPECT_EQ(micros("timestamptz", "2000-01-01 01:00 +01:00", "%F %H:%M %z"), "0");
    EXPECT_EQ(micros("timestamp", "2000-01-01", "%F"), "0");
    EXPECT_EQ(micros("timestamp", "2000-01-01 25:00:00", "%F %T"), "!no such time");
    EXPECT_EQ(
        micros("timestamp", "2000-01-01 10:00:00 +99", "%F %T %z"), "!not of the format %F %T %z"
    );
}

TEST(Timestamps, RefuseWhatIsNoTimestamp) {
    EXPECT_EQ(micros("timestamp", "2000-02-30 00:00:00"), "!no such date");
    EXPECT_EQ(micros("timestamp", "2000-02-01 00:61:00"), "!no such time");
    for (const char* text :
         {"",
          "10:00:00",
          "2000-01-01x10:00",
          "2000-01-01 10",
          "2000-01-01 10:00 CET",
          "2000-01-01 10:00+2",
          "2000-01-01 10:00+16:00",
          "2000-01-01 10:00+01:",
          "946684800"}) {
        EXPECT_EQ(micros("timestamp", text), "!not a timestamp (YYYY-MM-DD HH:MM:SS)") << text;
    }
}

}  // namespace
}  // namespace reel::warehouse
