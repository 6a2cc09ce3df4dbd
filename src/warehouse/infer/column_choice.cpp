#include "warehouse/infer/column_choice.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <initializer_list>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "warehouse/infer/column_counts.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

constexpr int most_precision = 38;  // what Redshift has, and others
constexpr int headroom = 2;         // digits before the point; they cost nothing

std::string counted(std::uint64_t count) {
    return grouped(static_cast<std::int64_t>(count));
}

std::string_view plural_of(ValueKind kind) {
    constexpr std::array<std::string_view, value_kinds> names{
        "true or false",
        "whole numbers",
        "decimal numbers",
        "numbers with an exponent",
        "dates",
        "timestamps without a zone",
        "timestamps with a zone",
        "dates that are not ISO 8601",
        "lists or maps",
        "other texts"
    };
    return names.at(static_cast<std::size_t>(kind));
}

/// What is left of the values when null words stand for NULL.
class Chooser final {
  public:
    explicit Chooser(const ColumnFacts& facts)
        : facts_(facts), values_(facts.values - facts.null_word_values()) {}

    ColumnChoice choose() {
        if (values_ == 0) {
            return as_text(
                facts_.values == 0 ? "there is no value" : "there are only words for nothing"
            );
        }
        if (all({ValueKind::boolean})) return typed(BaseType::boolean, "true and false");
        if (all({ValueKind::integer})) return whole_numbers();
        if (all({ValueKind::integer, ValueKind::decimal})) return decimals();
        if (all({ValueKind::integer, ValueKind::decimal, ValueKind::real})) return reals();
        if (all({ValueKind::date})) return typed(BaseType::date, "dates");
        if (all({ValueKind::timestamptz})) {
            return typed(BaseType::timestamptz, "moments with a zone");
        }
        if (all({ValueKind::date, ValueKind::timestamp})) return timestamps();
        if (all({ValueKind::written_date})) return written_dates_or_text();
        if (all({ValueKind::list})) return lists();
        return mixed();
    }

  private:
    [[nodiscard]] std::uint64_t count(ValueKind kind) const { return facts_.of(kind).count; }
    [[nodiscard]] bool all(std::initializer_list<ValueKind> kinds) const {
        std::uint64_t sum = 0;
        for (const ValueKind kind : kinds) sum += count(kind);
        return sum == values_;
    }

    /// Null words become NULL where they cannot be values.
    [[nodiscard]] ColumnChoice typed(const ColumnType& type, std::string reason) const {
        ColumnChoice choice{.type = type, .reason = std::move(reason)};
        for (std::size_t i = 0; i < null_words.size(); ++i) {
            if (facts_.words[i] == 0) continue;
            choice.null_values.emplace_back(null_words[i]);
            choice.notes.push_back(fmt::format(
                "{} times '{}', taken for NULL", counted(facts_.words[i]), null_words[i]
            ));
        }
        choice.not_null = nulls_of(facts_, choice) == 0;
        if (facts_.padded > 0) {
            choice.notes.push_back(
                fmt::format("blanks around {} values do not count", counted(facts_.padded))
            );
        }
        return choice;
    }
    [[nodiscard]] ColumnChoice typed(BaseType base, std::string reason) const {
        return typed(ColumnType{.base = base}, std::move(reason));
    }
    [[nodiscard]] ColumnChoice as_text(std::string reason) const {
        ColumnChoice choice{.reason = std::move(reason)};
        choice.not_null = facts_.empty == 0 && facts_.values + facts_.blanks > 0;
        for (std::size_t i = 0; i < null_words.size(); ++i) {
            if (facts_.words[i] == 0) continue;
            choice.notes.push_back(fmt::format(
                "{} times '{}': a text here, NULL with null_values: ['{}']",
                counted(facts_.words[i]),
                null_words[i],
                null_words[i]
            ));
        }
        return choice;
    }

    [[nodiscard]] ColumnChoice whole_numbers() const {
        using Limits = std::numeric_limits<std::int32_t>;
        const bool small = facts_.least >= Limits::min() && facts_.greatest <= Limits::max();
        const auto range = fmt::format(
            "whole numbers from {} to {}", grouped(facts_.least), grouped(facts_.greatest)
        );
        ColumnChoice choice = typed(small ? BaseType::integer : BaseType::bigint, range);
        if (facts_.least == 0 && facts_.greatest == 1) {
            choice.notes.emplace_back("0 and 1 alone: boolean would take them, too");
        }
        constexpr std::int64_t year_1980 = 315'532'800;
        constexpr std::int64_t year_2100 = 4'102'444'800;
        if (facts_.least >= year_1980 && facts_.greatest <= year_2100) {
            choice.notes.emplace_back(
                "could be seconds since 1970: {type: timestamptz, format: epoch}"
            );
        } else if (facts_.least >= year_1980 * 1000 && facts_.greatest <= year_2100 * 1000) {
            choice.notes.emplace_back(
                "could be milliseconds since 1970: {type: timestamptz, format: epoch_ms}"
            );
        }
        return choice;
    }

    [[nodiscard]] ColumnChoice decimals() const {
        const int precision = facts_.integer_digits + headroom + facts_.fraction_digits;
        if (precision > most_precision) return reals();
        return typed(
            ColumnType{
                .base = BaseType::numeric, .precision = precision, .scale = facts_.fraction_digits
            },
            fmt::format(
                "decimal numbers, of digits at most {} before the point (room for {}) and {} "
                "behind",
                facts_.integer_digits,
                facts_.integer_digits + headroom,
                facts_.fraction_digits
            )
        );
    }

    [[nodiscard]] ColumnChoice reals() const {
        if (facts_.is_exact_double) {
            return typed(BaseType::double_precision, "numbers that a double gives back as written");
        }
        if (facts_.has_infinity) return mixed();
        return typed(BaseType::numeric, "numbers with more digits than a double keeps");
    }

    [[nodiscard]] ColumnChoice timestamps() const {
        ColumnChoice choice = typed(BaseType::timestamp, "timestamps without a zone");
        if (count(ValueKind::date) > 0) {
            choice.notes.push_back(
                fmt::format("{} are dates: midnight", counted(count(ValueKind::date)))
            );
        }
        return choice;
    }

    [[nodiscard]] ColumnChoice written_dates_or_text() const {
        const auto& seen = facts_.of(ValueKind::written_date);
        if (std::popcount(facts_.date_formats) == 1) {
            const auto index = static_cast<std::size_t>(std::countr_zero(facts_.date_formats));
            const auto format = written_dates.at(index);
            ColumnChoice choice = typed(BaseType::date, fmt::format("dates as {}", format));
            choice.format = format;
            return choice;
        }
        ColumnChoice choice = as_text(fmt::format("dates such as {}", seen.first));
        choice.notes.emplace_back(
            facts_.date_formats == 0
                ? "no one format reads all of them"
                : "day or month first? say so with type: date and format: '%d/%m/%Y' or '%m/%d/%Y'"
        );
        return choice;
    }

    [[nodiscard]] ColumnChoice lists() const {
        ColumnChoice choice = facts_.is_json ? typed(BaseType::jsonb, "JSON")
                                             : as_text("Python literals, kept as they are written");
        choice.notes.push_back(facts_.list.describe());
        if (facts_.list.element_maps > 0) {
            choice.notes.push_back(
                fmt::format("`each: {}` makes a table of its elements", facts_.name)
            );
        }
        return choice;
    }

    /// Text, and what a column that is nearly of another kind has wrong.
    [[nodiscard]] ColumnChoice mixed() const {
        ColumnChoice choice = as_text(count(ValueKind::text) == values_ ? "texts" : "mixed values");
        if (add_traps(choice) + count(ValueKind::integer) + count(ValueKind::decimal) == values_) {
            choice.reason = "digits that a number would not give back as written";
            return choice;
        }
        std::size_t most = 0;
        for (std::size_t k = 0; k < value_kinds; ++k) {
            if (facts_.kinds[k].count > facts_.kinds[most].count) most = k;
        }
        if (static_cast<ValueKind>(most) == ValueKind::text) return choice;
        choice.reason = fmt::format(
            "{} of {} are {}, but not all",
            counted(facts_.kinds[most].count),
            counted(values_),
            plural_of(static_cast<ValueKind>(most))
        );
        for (std::size_t k = 0; k < value_kinds; ++k) {
            const auto& seen = facts_.kinds[k];
            if (k == most || seen.count == 0) continue;
            choice.notes.push_back(where_first(seen, plural_of(static_cast<ValueKind>(k))));
        }
        return choice;
    }

    /// Notes what numbers would lose; gives of how many values.
    std::uint64_t add_traps(ColumnChoice& choice) const {
        constexpr std::array<std::pair<Trap, std::string_view>, 3> known{
            {{Trap::leading_zeros, "with leading zeros, which a number would lose"},
             {Trap::plus_sign, "with a plus sign, which a number would lose"},
             {Trap::too_long, "with more digits than bigint has"}}
        };
        std::uint64_t sum = 0;
        for (const auto& [trap, what] : known) {
            const auto& seen = facts_.of(trap);
            if (seen.count == 0) continue;
            sum += seen.count;
            choice.notes.push_back(where_first(seen, what));
        }
        return sum;
    }

    static std::string where_first(const Seen& seen, std::string_view what) {
        return fmt::format(
            "{} {}, the first in line {}: {}",
            counted(seen.count),
            what,
            seen.first_line,
            seen.first
        );
    }

    const ColumnFacts& facts_;
    std::uint64_t values_;
};

}  // namespace

ColumnChoice choose_type(const ColumnFacts& facts) {
    return Chooser(facts).choose();
}

bool may_be_key(const ColumnFacts& facts, const ColumnChoice& choice) {
    constexpr std::size_t longest = 200;  // an index row has less than 2,704 bytes
    if (facts.most_bytes > longest || facts.of(ValueKind::list).count > 0) return false;
    switch (choice.type.base) {
        case BaseType::text:
            return true;
        case BaseType::integer:
        case BaseType::bigint:
        case BaseType::date:
        case BaseType::timestamp:
            return facts.padded == 0;
        default:
            return false;
    }
}

}  // namespace reel::warehouse
