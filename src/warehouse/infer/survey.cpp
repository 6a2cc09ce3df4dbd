#include "warehouse/infer/survey.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "warehouse/identifiers.hpp"
#include "warehouse/infer/column_names.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

/// How many different values are told apart in one of so many columns: some 40 MB for all of them.
std::size_t most_distinct_of(std::size_t columns) {
    constexpr std::size_t of_all = 1'500'000;
    constexpr std::size_t of_one = 500'000;
    constexpr std::size_t at_least = 500;
    return std::clamp(of_all / columns, at_least, of_one);
}

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

Survey::Survey(CsvOptions options, std::vector<std::string> key, Log log)
    : options_(std::move(options)), asked_(std::move(key)), log_(std::move(log)) {}

core::Result<void> Survey::read(ByteSource& bytes) {
    auto reader = CsvReader::open(bytes, options_);
    if (!reader) return std::unexpected(reader.error());
    if (columns_.empty()) {
        if (auto begun = begin(reader->header()); !begun) return begun;
    } else if (reader->header() != header_) {
        return core::fail(
            core::Errc::corrupt_data,
            "its header is not that of the first file",
            fmt::format("it has {}, not {}", comma_list(reader->header()), comma_list(header_))
        );
    }
    return read_records(*reader);
}

core::Result<void> Survey::begin(const std::vector<std::string>& header) {
    header_ = header;
    names_ = column_names(header);
    auto key = find_key(asked_, header_, names_);
    if (!key) return std::unexpected(key.error());
    key_ = *std::move(key);
    const std::size_t most = most_distinct_of(header.size() + 1);
    keys_.emplace(most);
    for (const auto& name : header_) columns_.emplace_back(name, most);
    return {};
}

core::Result<void> Survey::read_records(CsvReader& reader) {
    using Clock = std::chrono::steady_clock;
    static constexpr auto interval = std::chrono::seconds(5);
    static constexpr std::uint64_t between_looks = 4096;
    auto next_line = Clock::now() + interval;
    Record record;
    for (;;) {
        const auto more = reader.next(record);
        if (!more) return std::unexpected(more.error());
        if (!*more) break;
        take(record);
        if (record.number % between_looks == 0 && Clock::now() >= next_line) {
            next_line = Clock::now() + interval;
            log_(fmt::format(
                "{} records, {}",
                grouped(static_cast<std::int64_t>(record.number)),
                readable_bytes(reader.counts().bytes)
            ));
        }
    }
    read_.bytes += reader.counts().bytes;
    if (!reader.counts().unclosed_quote) return {};
    return core::fail(
        core::Errc::corrupt_data,
        fmt::format(
            "a quote is still open at the end (line {}); the records behind it cannot be told "
            "apart",
            reader.counts().last_line
        ),
        "where quotes are letters like any other, say quote: none (--quote none)"
    );
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
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        columns_[c].take(record.cells[c].text, record.line, classifier_);
    }
    if (!key_.empty()) take_key(record);
}

void Survey::take_key(const Record& record) {
    std::uint64_t hash = 0;
    for (const std::size_t part : key_) {
        const std::string_view text = record.cells[part].text;
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

InferredKey Survey::asked_key() const {
    const std::uint64_t at_least = keys_->repeats() ? 1 : 0;
    InferredKey key{
        .is_asked_for = true,
        .nulls = key_nulls_,
        .repeats = keys_->is_exact() ? key_values_ - keys_->count() : at_least,
        .is_exact = keys_->is_exact()
    };
    for (const std::size_t part : key_) key.columns.push_back(names_[part]);
    return key;
}

InferredTable Survey::finish() {
    InferredTable table{.read = read_};
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        auto choice = choose_type(columns_[c]);
        table.columns.push_back({names_[c], std::move(columns_[c]), std::move(choice)});
    }
    table.key = key_.empty() ? found_key(table.columns) : asked_key();
    return table;
}

}  // namespace reel::warehouse
