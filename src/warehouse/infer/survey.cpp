#include "warehouse/infer/survey.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/infer/column_names.hpp"
#include "warehouse/stage/binding.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

/// More are none of a table, and of these the first have the memory.
constexpr std::size_t most_columns = 1500;
constexpr std::size_t usual_columns = 64;

/// Where the key's columns stand; names of the header go before those of the table.
core::Result<std::vector<std::size_t>> find_key(
    const std::vector<std::string>& key,
    const std::vector<std::string>& header,
    const std::vector<std::string>& names
) {
    std::vector<std::size_t> places;
    for (const auto& part : key) {
        auto at = std::ranges::find(header, part) - header.begin();
        if (at == std::ssize(header)) at = std::ranges::find(names, part) - names.begin();
        if (at == std::ssize(names)) {
            return core::fail(
                core::Errc::invalid_argument,
                fmt::format(
                    "the file has no column '{}' for the key{}", part, did_you_mean(part, header)
                ),
                fmt::format("its header has: {}", comma_list(header))
            );
        }
        places.push_back(static_cast<std::size_t>(at));
    }
    return places;
}

/// The first column that can be a key.
InferredKey found_key(const std::vector<InferredColumn>& columns) {
    for (const auto& column : columns) {
        const bool never_null = column.facts.values > 0 && column.choice.not_null;
        if (never_null && column.facts.is_unique().value_or(false) &&
            may_be_key(column.facts, column.choice)) {
            return {.columns = {column.name}};
        }
    }
    return {};
}

}  // namespace

Survey::Survey(
    const StageSpec& spec,
    std::vector<std::string> key,
    Progress progress,
    std::size_t most_distinct
)
    : spec_(spec),
      asked_(std::move(key)),
      progress_(std::move(progress)),
      most_distinct_(most_distinct) {}

/// In one of so many columns.
std::size_t Survey::most_distinct_of(std::size_t columns) const {
    constexpr std::size_t of_one = 500'000;
    constexpr std::size_t at_least = 500;
    return std::clamp(most_distinct_ / columns, at_least, of_one);
}

core::Result<void> Survey::read(RecordFile& file) {
    if (!keys_) {
        if (auto begun = begin(file.header()); !begun) return begun;
    } else if (spec_.format == Format::csv) {
        if (auto same = check_same_header(header_, file.header()); !same) return same;
    }
    counts_ = file.begun();
    lines_ = file.lines_before();
    if (auto done = read_blocks(file); !done) return done;
    if (const auto rest = file.rest({counts_.records, lines_ + 1, file.offset()})) {
        if (auto done = read_rest(*rest); !done) return done;
    }
    read_.bytes += counts_.bytes;
    if (!counts_.unclosed_quote) return {};
    return core::fail(
        core::Errc::corrupt_data,
        fmt::format(
            "a quote is still open at the end (line {}); the records behind it cannot be told "
            "apart",
            counts_.last_line
        ),
        "where quotes are letters like any other, say quote: none (--quote none)"
    );
}

core::Result<void> Survey::begin(const std::vector<std::string>& header) {
    if (spec_.format != Format::csv) {
        json_.emplace(json_layout(spec_.format));
        keys_.emplace(most_distinct_of(usual_columns));
        return {};
    }
    header_ = header;
    auto key = find_key(asked_, header_, column_names(header));
    if (!key) return std::unexpected(key.error());
    key_ = *std::move(key);
    csv_.emplace(header_, spec_.csv);
    const std::size_t most = most_distinct_of(header.size() + 1);
    keys_.emplace(most);
    for (const auto& name : header_) columns_.emplace_back(name, most);
    return {};
}

core::Result<void> Survey::read_blocks(RecordFile& file) {
    TextBlock used;
    for (;;) {
        auto block = file.next_block(std::move(used));
        if (!block) return std::unexpected(block.error());
        if (!*block) return {};
        take_block(**block);
        used = **std::move(block);
        counts_.bytes = file.offset();
        tell();
    }
}

void Survey::take_block(TextBlock& block) {
    block.first_line = lines_ + 1;
    Record record;
    const auto take_all = [&](auto& reader) {
        reader.start(block);
        while (reader.next()) {
            reader.read(record);
            take(record);
        }
        counts_.records += reader.counts().records;
        counts_.unclosed_quote |= reader.counts().unclosed_quote;
        counts_.last_line = reader.counts().last_line;
        lines_ += reader.line_ends();
    };
    json_ ? take_all(*json_) : take_all(*csv_);
}

core::Result<void> Survey::read_rest(RecordStream& records) {
    Record record;
    for (;;) {
        const auto more = records.next(record);
        if (!more) return std::unexpected(more.error());
        counts_ = records.counts();
        if (!*more) return {};
        take(record);
    }
}

void Survey::tell() const {
    progress_({.records = read_.records, .bytes = read_.bytes + counts_.bytes});
}

void Survey::take(const Record& record) {
    ++read_.records;
    if (record.problem) {
        if (read_.problems++ == 0) {
            read_.first_problem = *record.problem;
            read_.first_problem_line = record.line;
        }
        return;
    }
    record.value != nullptr ? take_object(record) : take_cells(record);
}

void Survey::take_cells(const Record& record) {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        columns_[c].take(record.cells[c].text, record.line, classifier_);
    }
    if (key_.empty()) return;
    std::vector<std::string_view> parts;
    parts.reserve(key_.size());
    for (const std::size_t part : key_) parts.push_back(record.cells[part].text);
    add_key(parts);
}

void Survey::take_object(const Record& record) {
    const auto* const map = record.value->map();
    if (map == nullptr) return;
    for (const auto& [key, value] : *map) {
        const auto* const name = key.text();
        if (name == nullptr) continue;
        auto* const column = column_of(*name);
        if (column != nullptr && !value.is_null()) column->take(value, record.line, classifier_);
    }
    if (asked_.empty()) return;
    std::vector<std::string> texts;
    for (const auto& part : asked_) {
        const auto* const value = record.value->find(part);
        const bool is_null = value == nullptr || value->is_null();
        texts.push_back(is_null ? std::string() : literal::to_json(*value));
    }
    add_key({texts.begin(), texts.end()});
}

void Survey::add_key(const std::vector<std::string_view>& parts) {
    std::uint64_t hash = 0;
    for (const std::string_view text : parts) {
        if (text.empty()) {
            ++key_nulls_;
            return;
        }
        constexpr std::uint64_t odd = 0x9E3779B97F4A7C15U;
        hash = (hash ^ DistinctValues::hash(text)) * odd;
    }
    ++key_values_;
    keys_->add_hash(hash);
}

/// Null when there are too many of them.
ColumnFacts* Survey::column_of(const std::string& name) {
    const auto found = by_name_.find(name);
    if (found != by_name_.end()) return &columns_[found->second];
    if (columns_.size() == most_columns) {
        has_more_columns_ = true;
        return nullptr;
    }
    // What few files have gets little memory, so that all of it stays bounded.
    const bool is_usual = columns_.size() < usual_columns;
    by_name_.emplace(name, columns_.size());
    header_.push_back(name);
    columns_.emplace_back(name, most_distinct_of(is_usual ? usual_columns : most_columns * 2));
    return &columns_.back();
}

InferredKey Survey::asked_key(const std::vector<std::size_t>& places) const {
    const std::uint64_t at_least = keys_->repeats() ? 1 : 0;
    InferredKey key{
        .is_asked_for = true,
        .nulls = key_nulls_,
        .repeats = keys_->is_exact() ? key_values_ - keys_->count() : at_least,
        .is_exact = keys_->is_exact()
    };
    const auto names = column_names(header_);
    for (const std::size_t part : places) key.columns.push_back(names[part]);
    return key;
}

core::Result<InferredTable> Survey::finish() {
    if (has_more_columns_) {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("its objects have more than {} keys, too many for a table", most_columns),
            "write a spec with the keys that matter"
        );
    }
    const auto names = column_names(header_);
    const auto places = find_key(asked_, header_, json_ ? header_ : names);
    if (!places) return std::unexpected(places.error());
    InferredTable table{.read = read_};
    const std::uint64_t good = read_.records - read_.problems;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        auto& facts = columns_[c];
        if (json_) facts.empty = good - facts.values - facts.blanks;
        auto choice = choose_type(facts);
        table.columns.push_back({names[c], std::move(facts), std::move(choice)});
    }
    table.key = asked_.empty() ? found_key(table.columns) : asked_key(*places);
    return table;
}

}  // namespace reel::warehouse
