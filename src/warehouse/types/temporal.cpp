#include "warehouse/types/temporal.hpp"

#include <fmt/format.h>

#include <chrono>

#include "warehouse/types/moment.hpp"
#include "warehouse/types/wire.hpp"

namespace reel::warehouse {

namespace {

using std::chrono::days;
using std::chrono::microseconds;

/// Postgres counts from 2000-01-01.
constexpr days postgres_epoch = days(10957);
// What Postgres can hold, counted from there: 4713 BC to 5874897 (date) or 294276 (timestamp).
constexpr std::int64_t min_day = -2451545;
constexpr std::int64_t max_day = 2145031948;
constexpr std::int64_t min_timestamp = -211813488000000000;
constexpr std::int64_t end_timestamp = 9223371331200000000;

constexpr std::string_view epoch_seconds = "epoch";
constexpr std::string_view epoch_milliseconds = "epoch_ms";

bool is_epoch(std::string_view format) {
    return format == epoch_seconds || format == epoch_milliseconds;
}

std::string_view name_expected(BaseType base) {
    switch (base) {
        case BaseType::date:
            return "not a date (YYYY-MM-DD)";
        case BaseType::time:
            return "not a time (HH:MM:SS)";
        default:
            return "not a timestamp (YYYY-MM-DD HH:MM:SS)";
    }
}

Parsed<Moment> split_epoch(std::string_view text, std::string_view format) {
    const auto unit =
        format == epoch_seconds ? std::chrono::seconds(1) : std::chrono::milliseconds(1);
    const auto since = parse_epoch(text, unit);
    if (!since) return std::unexpected(since.error());
    const auto date = std::chrono::floor<days>(*since);
    return Moment{.date = std::chrono::sys_days(date), .time = *since - date};
}

std::string explain(const ColumnType& type, std::string_view format, std::string why) {
    if (!why.empty()) return why;
    if (is_epoch(format)) {
        return format == epoch_seconds ? "not a number of seconds" : "not a number of milliseconds";
    }
    if (!format.empty()) return fmt::format("not of the format {}", format);
    return std::string(name_expected(type.base));
}

Encoded append_date(const Moment& moment, bool from_epoch, std::string& out) {
    if (!moment.date) return std::unexpected("not a date (YYYY-MM-DD)");
    if (!from_epoch && moment.time.value_or(microseconds(0)).count() != 0) {
        return std::unexpected("not a date: it has a time of day");
    }
    const std::int64_t day = (moment.date->time_since_epoch() - postgres_epoch).count();
    if (day < min_day || day > max_day) return std::unexpected("out of range for date");
    append_wire(out, static_cast<std::int32_t>(day));
    return {};
}

Encoded append_timestamp(const ColumnType& type, const Moment& moment, std::string& out) {
    if (!moment.date) return std::unexpected(std::string(name_expected(type.base)));
    const std::int64_t micros = (moment.since_epoch() - microseconds(postgres_epoch)).count();
    if (micros < min_timestamp || micros >= end_timestamp) {
        return std::unexpected(fmt::format("out of range for {}", type.sql()));
    }
    append_wire(out, micros);
    return {};
}

Encoded append_time(const Moment& moment, std::string& out) {
    if (!moment.time || moment.date) return std::unexpected("not a time (HH:MM:SS)");
    if (moment.zone_offset) return std::unexpected("not a time: it has a zone");
    append_wire(out, static_cast<std::int64_t>(moment.time->count()));
    return {};
}

}  // namespace

core::Result<void> check_temporal_format(const ColumnType& type, std::string_view format) {
    const auto refuse = [&](std::string_view why) {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("format '{}' of column type {}: {}", format, type.sql(), why),
            "a pattern such as %d.%m.%Y, or epoch or epoch_ms for numbers since 1970"
        );
    };
    if (!is_temporal(type.base)) return refuse("only dates and times have a format");
    if (is_epoch(format)) {
        if (type.base == BaseType::time) return refuse("an epoch is no time of day");
        return {};
    }
    const auto content = check_pattern(format);
    if (!content) return refuse(content.error());
    if (type.base == BaseType::time && (content->date || !content->time)) {
        return refuse("a time is wanted, without a date");
    }
    if (type.base != BaseType::time && !content->date) return refuse("it has no date");
    return {};
}

Encoded append_temporal(
    const ColumnType& type, std::string_view format, std::string_view text, std::string& out
) {
    const auto moment = is_epoch(format) ? split_epoch(text, format)
                        : format.empty() ? parse_iso_moment(text)
                                         : parse_by_pattern(text, format);
    if (!moment) return std::unexpected(explain(type, format, moment.error()));
    switch (type.base) {
        case BaseType::date:
            // What a format says of the time is known to be there; only its date is wanted.
            return append_date(*moment, !format.empty(), out);
        case BaseType::time:
            return append_time(*moment, out);
        default:
            return append_timestamp(type, *moment, out);
    }
}

}  // namespace reel::warehouse
