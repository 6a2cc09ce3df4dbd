#include <fmt/format.h>

#include "warehouse/types/ascii.hpp"
#include "warehouse/types/moment.hpp"
#include "warehouse/types/moment_scanner.hpp"

namespace reel::warehouse {

namespace {

/// What the directives of a pattern found.
struct Parts {
    std::optional<int> year;
    std::optional<int> month;
    std::optional<int> day;
    std::optional<int> day_of_year;
    std::optional<int> hour;
    std::optional<int> hour12;
    std::optional<int> half_day;
    std::optional<int> minute;
    std::optional<int> second;
    std::optional<std::chrono::microseconds> fraction;
    std::optional<std::chrono::minutes> zone;
};

/// %F and %T stand for several directives.
std::string expand(std::string_view pattern) {
    std::string expanded;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const std::string_view two = pattern.substr(i, 2);
        if (two == "%F") {
            expanded += "%Y-%m-%d";
        } else if (two == "%T") {
            expanded += "%H:%M:%S";
        } else {
            expanded += two.starts_with('%') ? two : two.substr(0, 1);
        }
        if (two.starts_with('%')) ++i;
    }
    return expanded;
}

/// Whether the text has what the directive asks for.
bool read_directive(char directive, MomentScanner& scanner, Parts& parts) {
    const auto found = [](auto& part, auto value) {
        part = value;
        return value.has_value();
    };
    switch (directive) {
        case 'Y':
            return found(parts.year, scanner.number(4, 4));
        case 'y': {
            // POSIX: 69 to 99 are of the last century.
            if (!found(parts.year, scanner.number(2, 2))) return false;
            *parts.year += *parts.year < 69 ? 2000 : 1900;
            return true;
        }
        case 'm':
            return found(parts.month, scanner.number(1, 2));
        case 'b':
        case 'B':
            return found(parts.month, scanner.month_name());
        case 'd':
            return found(parts.day, scanner.number(1, 2));
        case 'j':
            return found(parts.day_of_year, scanner.number(1, 3));
        case 'H':
            return found(parts.hour, scanner.number(1, 2));
        case 'I':
            return found(parts.hour12, scanner.number(1, 2));
        case 'p':
            return found(parts.half_day, scanner.half_day());
        case 'M':
            return found(parts.minute, scanner.number(1, 2));
        case 'S':
            return found(parts.second, scanner.number(1, 2));
        case 'f':
            return found(parts.fraction, scanner.fraction());
        case 'z':
            return found(parts.zone, scanner.zone());
        default:
            return scanner.take('%');
    }
}

Parsed<std::chrono::sys_days> combine_date(const Parts& parts) {
    if (!parts.day_of_year) return make_date(*parts.year, *parts.month, *parts.day);
    const auto first = make_date(*parts.year, 1, 1);
    if (!first) return first;
    const auto date = *first + std::chrono::days(*parts.day_of_year - 1);
    const bool same_year =
        std::chrono::year_month_day(date).year() == std::chrono::year(*parts.year);
    if (*parts.day_of_year == 0 || !same_year) return std::unexpected("no such date");
    return date;
}

Parsed<std::chrono::microseconds> combine_time(const Parts& parts) {
    int hour = parts.hour.value_or(0);
    if (parts.hour12) {
        if (*parts.hour12 < 1 || *parts.hour12 > 12) return std::unexpected("no such time");
        hour = *parts.hour12 % 12 + *parts.half_day;
    }
    return make_time(
        hour,
        parts.minute.value_or(0),
        parts.second.value_or(0),
        parts.fraction.value_or(std::chrono::microseconds(0))
    );
}

}  // namespace

std::expected<PatternContent, std::string> check_pattern(std::string_view pattern) {
    constexpr std::string_view known = "YymbBdjHIpMSfz%";
    std::string used;
    const std::string expanded = expand(pattern);
    for (std::size_t i = 0; i < expanded.size(); ++i) {
        if (expanded[i] != '%') continue;
        const std::string_view directive = std::string_view(expanded).substr(i++, 2);
        if (directive.size() < 2 || known.find(directive[1]) == std::string_view::npos) {
            return std::unexpected(fmt::format("{} is no directive that Reel knows", directive));
        }
        used += directive[1];
    }
    const auto has = [&used](std::string_view any) {
        return used.find_first_of(any) != std::string::npos;
    };
    PatternContent content;
    content.date = has("Yy") && (has("j") || (has("mbB") && has("d")));
    content.time = has("HI");
    if (has("I") != has("p")) return std::unexpected("%I and %p need each other");
    if (has("YymbBdj") && !content.date) {
        return std::unexpected("a date needs a year, a month and a day");
    }
    if (has("MSfz") && !content.time) return std::unexpected("a time needs %H, or %I and %p");
    if (!content.date && !content.time) return std::unexpected("it has neither a date nor a time");
    return content;
}

Parsed<Moment> parse_by_pattern(std::string_view text, std::string_view pattern) {
    MomentScanner scanner(text);
    Parts parts;
    const std::string expanded = expand(pattern);
    for (std::size_t i = 0; i < expanded.size(); ++i) {
        bool fits = true;
        if (is_blank(expanded[i])) {
            scanner.skip_blanks();
        } else if (expanded[i] == '%') {
            fits = read_directive(expanded[++i], scanner, parts);
        } else {
            fits = scanner.take(expanded[i]);
        }
        if (!fits) return std::unexpected(std::string());
    }
    if (!scanner.at_end()) return std::unexpected(std::string());
    Moment moment;
    if (parts.year) {
        const auto date = combine_date(parts);
        if (!date) return std::unexpected(date.error());
        moment.date = *date;
    }
    if (parts.hour || parts.hour12) {
        const auto time = combine_time(parts);
        if (!time) return std::unexpected(time.error());
        moment.time = *time;
    }
    moment.zone_offset = parts.zone;
    return moment;
}

}  // namespace reel::warehouse
