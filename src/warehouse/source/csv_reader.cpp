#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "warehouse/source/csv_judge.hpp"
#include "warehouse/source/csv_rules.hpp"
#include "warehouse/source/csv_scanner.hpp"
#include "warehouse/source/record_reader.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t max_columns = 4096;

/// What to say of a header that is none.
std::string json_hint(std::string_view line) {
    const bool looks_like_json = line.starts_with('{') || line.starts_with('[');
    return looks_like_json ? "if the file is JSON, format: jsonl or json reads it" : "";
}

}  // namespace

class CsvReader::State {
  public:
    State(ByteSource& source, CsvOptions options, const CsvPlace& place)
        : options_(std::move(options)),
          scanner_(source, options_, place),
          judge_({}, options_),
          counts_{.records = place.records} {}

    core::Result<void> begin();
    void resume(std::vector<std::string> columns);
    core::Result<bool> next(Record& record);
    [[nodiscard]] std::optional<ReadAhead> hand_over() const {
        return scanner_.hand_over(scanned_ahead_);
    }
    [[nodiscard]] const std::vector<std::string>& columns() const { return judge_.columns(); }
    [[nodiscard]] const ReadCounts& counts() const { return counts_; }

  private:
    core::Result<bool> scan();
    core::Result<std::vector<std::string>> read_header();
    core::Result<std::vector<std::string>> name_columns();

    CsvOptions options_;
    CsvScanner scanner_;
    CsvJudge judge_;
    ReadCounts counts_;
    bool scanned_ahead_ = false;  ///< the scanner stands at a record that was not given out yet
};

core::Result<void> CsvReader::State::begin() {
    if (auto start = scanner_.skip_byte_order_mark(); !start) return start;
    scanner_.skip_lines(options_.skip);
    scanner_.keep_fields(max_columns);
    auto named = options_.header ? read_header() : name_columns();
    if (!named) return std::unexpected(named.error());
    resume(*std::move(named));
    return check_names(columns());
}

void CsvReader::State::resume(std::vector<std::string> columns) {
    scanner_.keep_fields(columns.size());
    judge_ = CsvJudge(std::move(columns), options_);
}

/// The next line that is not blank; false at the end of the file.
core::Result<bool> CsvReader::State::scan() {
    for (;;) {
        const bool found = scanner_.scan();
        if (scanner_.failure()) return std::unexpected(*scanner_.failure());
        counts_.bytes = scanner_.bytes();
        counts_.last_line = scanner_.last_line();
        if (!found) return false;
        if (scanner_.shape().comment) {
            ++counts_.comments;
            continue;
        }
        if (!scanner_.shape().blank || columns().size() == 1) return true;
        ++counts_.blank_lines;
    }
}

core::Result<std::vector<std::string>> CsvReader::State::read_header() {
    const auto found = scan();
    if (!found) return std::unexpected(found.error());
    if (!*found) {
        return core::fail(
            core::Errc::corrupt_data,
            "the file is empty, its first line should name the columns",
            "header: false reads a file without such a line"
        );
    }
    const CsvShape& shape = scanner_.shape();
    auto problem = judge_.judge_text(shape);
    if (shape.fields > max_columns) {
        problem = fmt::format("{} columns, more than {}", shape.fields, max_columns);
    }
    if (problem) {
        return core::fail(
            core::Errc::corrupt_data,
            fmt::format("line {}: the header cannot be read: {}", shape.line, *problem),
            json_hint(shape.raw)
        );
    }
    std::vector<std::string> names;
    names.reserve(shape.spans.size());
    for (const CsvSpan& span : shape.spans) {
        const std::string_view name = shape.raw.substr(span.begin, span.size);
        names.push_back(span.doubled ? unescape(name, span.quoted, options_) : std::string(name));
    }
    return names;
}

core::Result<std::vector<std::string>> CsvReader::State::name_columns() {
    if (!options_.columns.empty()) return options_.columns;
    const auto found = scan();
    if (!found) return std::unexpected(found.error());
    scanned_ahead_ = *found;
    const std::uint64_t fields = *found ? scanner_.shape().fields : 0;
    if (fields > max_columns) {
        return core::fail(
            core::Errc::corrupt_data,
            fmt::format("the first record has {} fields, more than {}", fields, max_columns)
        );
    }
    std::vector<std::string> names;
    names.reserve(static_cast<std::size_t>(fields));
    for (std::uint64_t i = 1; i <= fields; ++i) names.push_back(fmt::format("column_{}", i));
    return names;
}

core::Result<bool> CsvReader::State::next(Record& record) {
    record.cells.clear();
    if (!std::exchange(scanned_ahead_, false)) {
        auto found = scan();
        if (!found || !*found) return found;
    }
    const CsvShape& shape = scanner_.shape();
    judge_.fill(shape, record);
    record.number = ++counts_.records;
    counts_.problems += record.problem ? 1 : 0;
    counts_.unclosed_quote |= shape.fault == CsvFault::unclosed_quote;
    return true;
}

core::Result<CsvReader> CsvReader::open(ByteSource& source, CsvOptions options) {
    if (auto sound = check_options(options); !sound) return std::unexpected(sound.error());
    auto state = std::make_unique<State>(source, std::move(options), CsvPlace{});
    if (auto begun = state->begin(); !begun) return std::unexpected(begun.error());
    return CsvReader(std::move(state));
}

CsvReader CsvReader::resume(
    ByteSource& source, CsvOptions options, std::vector<std::string> columns, const CsvPlace& place
) {
    auto state = std::make_unique<State>(source, std::move(options), place);
    state->resume(std::move(columns));
    return CsvReader(std::move(state));
}

CsvReader::CsvReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;
CsvReader::~CsvReader() = default;

const std::vector<std::string>& CsvReader::header() const {
    return state_->columns();
}

std::optional<std::size_t> CsvReader::find_column(std::string_view name) const {
    const auto& names = state_->columns();
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
}

core::Result<bool> CsvReader::next(Record& record) {
    return state_->next(record);
}

std::optional<ReadAhead> CsvReader::hand_over() const {
    return state_->hand_over();
}

const ReadCounts& CsvReader::counts() const {
    return state_->counts();
}

}  // namespace reel::warehouse
