#include <gmock/gmock.h>

#include "fake_lookups.hpp"

namespace reel::templating {
namespace {

core::Result<std::string> rendered(std::string_view source) {
    FakeLookups lookups;
    return render(source, "t", run_context, lookups);
}

using Table = std::vector<std::pair<const char*, const char*>>;

void expect_all(const Table& table) {
    for (const auto& [source, expected] : table) {
        const auto text = rendered(source);
        ASSERT_TRUE(text.has_value()) << source << ": " << text.error().describe();
        EXPECT_EQ(*text, expected) << source;
    }
}

TEST(Macros, MoveAndReformatDates) {
    expect_all({
        {"{{ macros.ds_add(ds, 5) }}", "2024-02-05"},
        {"{{ macros.ds_add(ds, -31) }}", "2023-12-31"},
        {"{{ macros.ds_add('2024-02-28', 1) }}", "2024-02-29"},
        {"{{ macros.ds_add('1970-01-01', -1) }}", "1969-12-31"},
        {"{{ macros.ds_format(ds, '%Y-%m-%d', '%d.%m.%y') }}", "31.01.24"},
        {"{{ macros.ds_format('1/5/2015', '%m/%d/%Y', '%Y-%m-%d') }}", "2015-01-05"},
        {"{{ macros.datetime.strptime('Jan 5 69', '%b %d %y') }}", "1969-01-05T00:00:00"},
        {"{{ macros.datetime(2024, 2, 29, 7).isoformat() }}", "2024-02-29T07:00:00"},
        {"{{ macros.datetime.fromisoformat('2024-01-31T07:00:00+02:00').timestamp() }}",
         "1706677200.0"},
        {"{{ macros.datetime.fromtimestamp(0) }}", "1970-01-01T00:00:00+00:00"},
        {"{{ macros.datetime.now().year >= 2025 }}", "True"},
    });
}

TEST(Macros, KnowPythonsTimedelta) {
    expect_all({
        {"{{ logical_date.add(macros.timedelta(days=1)).to_date_string() }}", "2024-02-01"},
        {"{{ logical_date.subtract(macros.timedelta(1, hours=7)) }}", "2024-01-30T00:00:00+00:00"},
        {"{{ macros.datetime(2024, 1, 1).add(macros.timedelta(weeks=-1)) | ds }}", "2023-12-25"},
        {"{{ macros.timedelta(days=1) }}", "1 day, 0:00:00"},
        {"{{ macros.timedelta(minutes=90, microseconds=5) }}", "1:30:00.000005"},
        {"{{ macros.timedelta(hours=-1) }}", "-1 day, 23:00:00"},
        {"{{ macros.timedelta(hours=1.5).total_seconds() }}", "5400.0"},
        {"{% set d = macros.timedelta(seconds=-1) %}{{ d.days }} {{ d.seconds }}", "-1 86399"},
        {"{{ macros.timedelta(minutes=60) == macros.timedelta(hours=1) }}", "True"},
        {"{{ macros.timedelta(minutes=1) < macros.timedelta(hours=1) }}", "True"},
        {"{{ 'yes' if macros.timedelta() else 'no' }}", "no"},
    });
    for (const auto* source :
         {"{{ macros.timedelta(day=1) }}",
          "{{ macros.timedelta(1, days=1) }}",
          "{{ macros.timedelta('1') }}",
          "{{ macros.timedelta(days=1000000000) }}",
          "{{ macros.timedelta(weeks=9223372036854775807) }}",
          "{{ macros.timedelta(days=1e300) }}",
          "{{ macros.timedelta(1, 2, 3, 4, 5, 6, 7, 8) }}",
          "{{ macros.timedelta(1).hours }}",
          "{{ logical_date.add(macros.timedelta(days=99999999)) }}",
          "{{ logical_date.add(macros.timedelta(1), days=1) }}"}) {
        EXPECT_FALSE(rendered(source).has_value()) << source;
    }
}

TEST(Macros, RefuseWhatIsNoDate) {
    for (const auto* source :
         {"{{ macros.ds_add('2024-02-30', 1) }}",
          "{{ macros.ds_add('yesterday', 1) }}",
          "{{ macros.ds_add(ds, 99999999) }}",
          "{{ macros.ds_add(ds, 9223372036854775807) }}",
          "{{ macros.ds_format(ds, '%d', '%Y') }}",
          "{{ macros.ds_format(ds, '%Y-%m-%d', '%Q') }}",
          "{{ macros.datetime(2024, 2, 30) }}",
          "{{ macros.datetime(2024) }}",
          "{{ macros.datetime(-5, 1, 1) }}",
          "{{ macros.datetime.fromtimestamp(1e300) }}",
          "{{ macros.datetime.strptime('13 AM', '%I %p') }}"}) {
        EXPECT_FALSE(rendered(source).has_value()) << source;
    }
}

TEST(Moments, AreWhatTheContextCallsADate) {
    expect_all({
        {"{{ logical_date }}", "2024-01-31T07:00:00+00:00"},
        {"{{ data_interval_start }}", "2024-01-30T07:00:00.250000+00:00"},
        {"{{ logical_date.year }}-{{ logical_date.month }}-{{ logical_date.day }}", "2024-1-31"},
        {"{{ data_interval_start.microsecond }} {{ logical_date.hour }}", "250000 7"},
        {"{{ logical_date.quarter }} {{ logical_date.day_of_year }}", "1 31"},
        {"{{ dag_run.logical_date.strftime('%H') }}", "07"},
        {"{{ logical_date.isoformat() }}", "2024-01-31T07:00:00+00:00"},
        {"{{ logical_date.date() }} {{ logical_date.to_date_string() }}", "2024-01-31 2024-01-31"},
        {"{{ logical_date.timestamp() | int }}", "1706684400"},
        {"{{ logical_date.weekday() }} {{ logical_date.isoweekday() }}", "2 3"},
        {"{{ data_interval_start < logical_date }}", "True"},
        {"{{ logical_date == dag_run.logical_date }}", "True"},
    });
}

TEST(Moments, OfUsersOwnParamsStayTexts) {
    expect_all({{"{{ params.start_date[:10] }}", "2024-01-31"}});
}

TEST(Moments, MoveByUnitsOfTheCalendar) {
    expect_all({
        {"{{ logical_date.add(days=1).to_date_string() }}", "2024-02-01"},
        {"{{ logical_date.subtract(days=31) }}", "2023-12-31T07:00:00+00:00"},
        {"{{ logical_date.add(months=1).to_date_string() }}", "2024-02-29"},
        {"{{ logical_date.subtract(months=14).to_date_string() }}", "2022-11-30"},
        {"{{ logical_date.add(years=1, weeks=1, hours=-7, minutes=1, seconds=2) }}",
         "2025-02-07T00:01:02+00:00"},
    });
    EXPECT_FALSE(rendered("{{ logical_date.add(day=1) }}").has_value());
    EXPECT_FALSE(rendered("{{ logical_date.add(years=99999) }}").has_value());
    EXPECT_FALSE(rendered("{{ logical_date.add(days=9223372036854775807) }}").has_value());
}

TEST(Moments, AreFormattedAsPythonDoes) {
    const char* all =
        "{{ logical_date.strftime('%Y %y %m %d %e %H %I %p %M %S %f %j %a %A %b %B %u %w %U %W "
        "%G-W%V %F %T %z %Z %% %-d') }}";
    expect_all({
        {all,
         "2024 24 01 31 31 07 07 AM 00 00 000000 031 Wed Wednesday Jan January 3 3 04 05 "
         "2024-W05 2024-01-31 07:00:00 +0000 UTC % 31"},
        {"{{ macros.datetime(2021, 1, 3).strftime('%G-W%V %U %W') }}", "2020-W53 01 00"},
        {"{{ macros.datetime(2024, 1, 1).strftime('%-m|%z|%Z|') }}", "1|||"},
    });
}

TEST(AirflowFilters, FormatMomentsAndTheirTexts) {
    expect_all({
        {"{{ logical_date | ds }}", "2024-01-31"},
        {"{{ logical_date | ds_nodash }}", "20240131"},
        {"{{ data_interval_start | ts }}", "2024-01-30T07:00:00.250000+00:00"},
        {"{{ logical_date | ts_nodash }}", "20240131T070000"},
        {"{{ logical_date | ts_nodash_with_tz }}", "20240131T070000+0000"},
        {"{{ ts | ds }}", "2024-01-31"},
        {"{{ ds | ds_nodash }}", "20240131"},
        {"{{ '2024-01-31 07:00:00' | ts_nodash }}", "20240131T070000"},
    });
    EXPECT_FALSE(rendered("{{ 'soon' | ds }}").has_value());
    EXPECT_FALSE(rendered("{{ nope | ds }}").has_value());
}

}  // namespace
}  // namespace reel::templating
