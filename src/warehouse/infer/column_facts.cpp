#include "warehouse/infer/column_facts.hpp"

#include <algorithm>
#include <numeric>

#include "warehouse/args.hpp"
#include "warehouse/text_table.hpp"
#include "warehouse/types/ascii.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t most_examples = 3;
constexpr std::size_t example_characters = 40;

}  // namespace

void Seen::add(std::string_view value, std::uint64_t line) {
    if (count++ > 0) return;
    first = quoted_example(value);
    first_line = line;
}

void ColumnFacts::take(
    const literal::Value& value, std::uint64_t line, ValueClassifier& classifier
) {
    const auto* const string = value.text();
    if (string != nullptr && string->empty()) {
        ++blanks;
        distinct.add(*string);
        return;
    }
    const std::string text = string != nullptr ? *string : literal::to_json(value);
    take(std::string_view(text), line, classifier);
}

void ColumnFacts::take(std::string_view text, std::uint64_t line, ValueClassifier& classifier) {
    if (text.empty()) {
        ++empty;
        return;
    }
    ++values;
    least_bytes = std::min(least_bytes, text.size());
    most_bytes = std::max(most_bytes, text.size());
    if (is_blank(text.front()) || is_blank(text.back())) ++padded;
    if (distinct.add(text) && examples.size() < most_examples) {
        examples.push_back(quoted_example(text));
    }
    if (const auto word = find_null_word(text)) {
        ++words[*word];
        return;
    }
    const ValueShape shape = classifier.classify(text);
    if (shape.kind == ValueKind::list) list.take(classifier.value());
    take_shape(shape, text, line);
}

void ColumnFacts::take_shape(const ValueShape& shape, std::string_view text, std::uint64_t line) {
    kinds[static_cast<std::size_t>(shape.kind)].add(text, line);
    trapped[static_cast<std::size_t>(shape.trap)].add(text, line);
    integer_digits = std::max(integer_digits, shape.integer_digits);
    fraction_digits = std::max(fraction_digits, shape.fraction_digits);
    is_exact_double = is_exact_double && shape.is_exact_double;
    has_infinity = has_infinity || shape.is_infinite;
    ascends = ascends && shape.kind == ValueKind::integer && shape.integer > greatest;
    if (shape.kind == ValueKind::integer) {
        least = std::min(least, shape.integer);
        greatest = std::max(greatest, shape.integer);
    } else if (shape.kind == ValueKind::written_date) {
        date_formats &= shape.date_formats;
    } else if (shape.kind == ValueKind::list) {
        is_json = is_json && shape.is_json;
    }
}

std::uint64_t ColumnFacts::null_word_values() const {
    return std::accumulate(words.begin(), words.end(), std::uint64_t{0});
}

std::optional<bool> ColumnFacts::is_unique() const {
    if (distinct.repeats()) return false;
    if (distinct.is_exact() || (ascends && null_word_values() == 0)) return true;
    return std::nullopt;
}

std::string quoted_example(std::string_view text) {
    // As JSON, so that blanks and line breaks can be seen and the rest of the line is no comment.
    return Json(printable(shortened(text, example_characters)))
        .dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace reel::warehouse
