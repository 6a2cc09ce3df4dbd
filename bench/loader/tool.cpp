// The loader's steps one by one, each in a process of its own so that its memory and CPU time are
// its own. Prints JSON.
//
//   reel-load parse ARGS FILE                  records of a CSV file to COPY fields, no database
//   reel-load encode ARGS FILE OUT PARTS       the same, kept as OUT.0, OUT.1 … for `copy`
//   reel-load literals FILE COLUMN             Python literals of one column of a CSV file to
//   values reel-load copy URI STATEMENT FILE…         a connection and transaction per file, side
//   by side reel-load stage URI ARGS ATTEMPT           the operation reel-load upsert URI ARGS
//   ATTEMPT REPORT   the operation on what stage reported reel-load quality URI ARGS ATTEMPT the
//   operation reel-load load URI PLAN ATTEMPT            what `reel load` does
//
// ARGS are files with the JSON arguments of the operation; PLAN has them as stage and upserts.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "reel/postgres/link.hpp"
#include "reel/warehouse/load.hpp"
#include "reel/warehouse/operations.hpp"
#include "warehouse/literal/parse.hpp"
#include "warehouse/source/block_cutter.hpp"
#include "warehouse/stage/plain_rows.hpp"
#include "warehouse/stage/record_router.hpp"
#include "warehouse/stage/spec.hpp"
#include "warehouse/types/binary_copy.hpp"

namespace {

using namespace reel;
using nlohmann::json;
using Words = std::vector<std::string>;

std::string read_text(const std::string& path) {
    const std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

template <class T>
T need(core::Result<T> result) {
    if (!result) throw std::runtime_error(result.error().describe());
    return *std::move(result);
}

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

rusage used_so_far() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage;
}

double cpu_seconds() {
    const rusage usage = used_so_far();
    return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

/// What the work took, with what it found.
json measured(const std::function<json()>& work) {
    const auto began = std::chrono::steady_clock::now();
    json found = work();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;
    found["wall_s"] = wall.count();
    found["cpu_s"] = cpu_seconds();
    found["peak_mib"] = static_cast<double>(used_so_far().ru_maxrss) / 1024;
    return found;
}

/// Keeps the rows of the first table, in turns for several files.
class PartsSink final : public warehouse::RowSink {
  public:
    PartsSink(const std::string& name, std::size_t parts, std::uint16_t fields) : fields_(fields) {
        for (std::size_t i = 0; i < parts; ++i) {
            parts_.push_back(
                {warehouse::BinaryCopy(),
                 std::ofstream(name + "." + std::to_string(i), std::ios::binary)}
            );
        }
    }

    void add_row(std::size_t /*table*/, std::string_view fields) override {
        Part& part = parts_[rows_ / rows_in_turn % parts_.size()];
        ++rows_;
        part.rows.add_tuple(fields_, fields);
        if (part.rows.wants_flush()) part.file << part.rows.take();
    }
    void reject(const warehouse::Rejection& rejection) override {
        throw std::runtime_error("rejected: " + rejection.violation.reason);
    }
    void finish() {
        for (Part& part : parts_) {
            part.rows.finish();
            part.file << part.rows.take();
            part.file.close();
            if (!part.file) throw std::runtime_error("cannot write the encoded rows");
        }
    }

  private:
    static constexpr std::size_t rows_in_turn = 50'000;
    struct Part {
        warehouse::BinaryCopy rows;
        std::ofstream file;
    };
    std::uint16_t fields_;
    std::vector<Part> parts_;
    std::size_t rows_ = 0;
};

json encode(const Words& words) {
    const auto spec = need(warehouse::parse_stage_spec({read_text(words[1])}));
    const auto file = need(warehouse::FileSource::open(words[2]));
    auto reader = need(warehouse::CsvReader::open(*file, spec.csv));
    const auto tables = need(warehouse::bind_columns(spec, reader.header()));
    const auto fields = static_cast<std::uint16_t>(tables.front().columns.size());
    PartsSink sink(words[3], std::stoul(words[4]), fields);
    warehouse::RecordRouter router(tables, sink);
    warehouse::Record record;
    while (need(reader.next(record))) router.take(record);
    sink.finish();
    return {{"records", router.account().records_read}};
}

class CountingSink final : public warehouse::RowSink {
  public:
    void add_row(std::size_t /*table*/, std::string_view fields) override {
        bytes += fields.size();
    }
    void reject(const warehouse::Rejection& /*rejection*/) override { ++rejected; }
    std::uint64_t bytes = 0;
    std::uint64_t rejected = 0;
};

/// The rows of the blocks as a lane makes them, but nobody gets them.
class Parser {
  public:
    Parser(const warehouse::StageSpec& spec, warehouse::CsvReader& opened)
        : tables_(need(warehouse::bind_columns(spec, opened.header()))),
          plain_(warehouse::PlainRows::of(tables_, spec.csv.quote)),
          router_(tables_, sink),
          reader_(opened.header(), spec.csv) {}

    void read(const warehouse::TextBlock& block) {
        reader_.start(block);
        while (reader_.next()) {
            ++records;
            if (plain_ && reader_.is_plain() && encode_plain(block)) continue;
            reader_.read(record_);
            router_.take(record_);
        }
        sink.bytes += rows_.take().size();
    }

    CountingSink sink;
    std::uint64_t records = 0;

  private:
    bool encode_plain(const warehouse::TextBlock& block) {
        const auto ends = reader_.ends();
        const std::size_t most = plain_->most_bytes(0, ends.back() - reader_.begin());
        rows_.begin_tuple(static_cast<std::uint16_t>(tables_.front().columns.size()));
        const bool fits = rows_.append(most, [&](char* into) {
            return plain_->encode(0, block, reader_.begin(), ends, into);
        });
        fits ? rows_.commit_tuple() : rows_.drop_tuple();
        if (rows_.wants_flush()) sink.bytes += rows_.take().size();
        return fits;
    }

    std::vector<warehouse::BoundTable> tables_;
    std::optional<warehouse::PlainRows> plain_;
    warehouse::RecordRouter router_;
    warehouse::BlockReader reader_;
    warehouse::Record record_;
    warehouse::BinaryCopy rows_;
};

json parse(const Words& words) {
    const auto spec = need(warehouse::parse_stage_spec({read_text(words[1])}));
    const double began = cpu_seconds();
    const auto file = need(warehouse::FileSource::open(words[2]));
    auto opened = need(warehouse::CsvReader::open(*file, spec.csv));
    Parser parser(spec, opened);
    warehouse::BlockCutter cutter(*file, spec.csv, opened.hand_over().value());
    warehouse::TextBlock used;
    while (auto block = need(cutter.next(std::move(used)))) {
        parser.read(*block);
        used = *std::move(block);
    }
    return {
        {"records", parser.records},
        {"rejected", parser.sink.rejected},
        {"encoded_bytes", parser.sink.bytes},
        {"parse_cpu_s", cpu_seconds() - began}
    };
}

/// The cells are gathered first, so that what is measured is the literals alone.
json literals(const Words& words) {
    const auto file = need(warehouse::FileSource::open(words[1]));
    auto reader = need(warehouse::CsvReader::open(*file, {}));
    const auto header = reader.header();
    const auto column = std::ranges::find(header, words[2]) - header.begin();
    std::string text;
    std::vector<std::size_t> ends;
    warehouse::Record record;
    while (need(reader.next(record))) {
        text += record.cells.at(static_cast<std::size_t>(column)).text;
        ends.push_back(text.size());
    }
    const double began = cpu_seconds();
    std::size_t begin = 0;
    std::size_t elements = 0;
    for (const std::size_t end : ends) {
        const auto literal = std::string_view(text).substr(begin, end - begin);
        elements += need(warehouse::literal::parse_python_literal(literal)).list()->size();
        begin = end;
    }
    return {{"bytes", text.size()}, {"elements", elements}, {"parse_cpu_s", cpu_seconds() - began}};
}

void copy_file(const std::string& uri, const std::string& statement, const std::string& path) {
    postgres::Link link(uri, "reel floor");
    postgres::LinkTransaction transaction(link);
    link.copy_begin(statement);
    std::ifstream file(path, std::ios::binary);
    std::vector<char> piece(256U << 10U);
    while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())), file.gcount() > 0) {
        const std::span bytes(piece.data(), static_cast<std::size_t>(file.gcount()));
        link.copy_data(std::as_bytes(bytes));
    }
    link.copy_end();
    transaction.commit();
}

json copy(const Words& words) {
    std::vector<std::jthread> threads;
    threads.reserve(words.size());
    for (std::size_t i = 3; i < words.size(); ++i) {
        threads.emplace_back([&words, i] { copy_file(words[1], words[2], words[i]); });
    }
    return json::object();
}

warehouse::OperationContext context_of(const Words& words) {
    warehouse::OperationContext context;
    context.uri = words[1];
    context.identity = {
        {core::DagId("bench"), core::RunId("bench"), core::TaskId("load"), -1},
        1,
        std::stoll(words[3])
    };
    context.log = [](const std::string& line) { std::cerr << line << '\n'; };
    return context;
}

json stage(const Words& words) {
    const auto report = need(warehouse::stage({read_text(words[2])}, context_of(words)));
    return {{"report", json::parse(report.text)}};
}

json upsert(const Words& words) {
    auto context = context_of(words);
    const json staged = json::parse(read_text(words[4]));
    for (const auto& [name, table] : staged.at("tables").items()) {
        context.staged["load." + name] = {
            table.at("physical"), {table.at("columns").dump()}, {table.at("key").dump()}, true
        };
    }
    const auto report = need(warehouse::upsert({read_text(words[2])}, context));
    return {{"report", json::parse(report.text)}};
}

json quality(const Words& words) {
    const auto report = need(warehouse::quality({read_text(words[2])}, context_of(words)));
    return {{"report", json::parse(report.text)}};
}

json load(const Words& words) {
    const auto asked = nlohmann::ordered_json::parse(read_text(words[2]));
    warehouse::LoadPlan plan{"load", {asked.at("stage").dump()}, {}};
    for (const auto& upsert : asked.at("upserts")) plan.upserts.push_back({upsert.dump()});
    const auto report = need(warehouse::load(plan, context_of(words)));
    return {{"report", json::parse(report.text)}};
}

int run(const Words& words) {
    struct Step {
        std::string name;
        std::size_t least;
        json (*work)(const Words&);
    };
    const std::vector<Step> steps = {
        {"parse", 3, parse},
        {"encode", 5, encode},
        {"literals", 3, literals},
        {"copy", 4, copy},
        {"stage", 4, stage},
        {"upsert", 5, upsert},
        {"quality", 4, quality},
        {"load", 4, load}
    };
    for (const Step& step : steps) {
        if (words.empty() || words[0] != step.name || words.size() < step.least) continue;
        std::cout << measured([&] { return step.work(words); }) << '\n';
        return 0;
    }
    std::cerr << "usage: reel-load parse|encode|literals|copy|stage|upsert|quality|load WORDS, see "
                 "the source\n";
    return 2;
}

}  // namespace

int main(int count, char** words) {
    try {
        return run({words + 1, words + count});
    } catch (const std::exception& error) {
        std::cerr << "error: " << error.what() << '\n';
        return 1;
    }
}
