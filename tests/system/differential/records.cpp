// What Reel's readers make of a file, in a form that Python makes as easily, for
// test_differential.py.
//
//   reel-records csv OPTIONS FILE BLOCK…   a CSV file in blocks of the first size; the others must
//   give the same reel-records literals FILE             Python literals, each behind its length (4
//   bytes, little endian)
//
// OPTIONS are delimiter, quote, escape and comment, "-" for none: `,"--`. A cell is `size:bytes,`,
// one that was quoted `size"bytes,`; a record is `number line offset ` with its cells and a line
// break, or `!` and its problem. A literal is N, T, F, `i12 `, `d` and 16 digits of its bits,
// `s2:ab`, `b2:ab`, `[…]`, `{…}`, or `!` for an error, and a line break.

#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "warehouse/literal/parse.hpp"
#include "warehouse/source/block_reader.hpp"
#include "warehouse/source/csv_file.hpp"

namespace {

using namespace reel;
using namespace reel::warehouse;
using Words = std::vector<std::string>;

template <class T>
T need(core::Result<T> result) {
    if (!result) throw std::runtime_error(result.error().describe());
    return *std::move(result);
}

CsvOptions options_of(const std::string& letters) {
    if (letters.size() != 4) throw std::runtime_error("four options were expected");
    const auto option = [&](std::size_t at) { return letters[at] == '-' ? '\0' : letters[at]; };
    return {
        .delimiter = option(0),
        .quote = option(1),
        .escape = option(2),
        .comment = option(3),
        .columns = {}
    };
}

/// A record as it is told, with what was before its block.
void append(const Record& record, const ReadCounts& before, std::uint64_t lines, std::string& out) {
    fmt::format_to(
        std::back_inserter(out),
        "{} {} {} ",
        before.records + record.number,
        lines + record.line,
        record.offset
    );
    if (record.problem) out += "!" + *record.problem;
    for (const Cell& cell : record.cells) {
        fmt::format_to(
            std::back_inserter(out), "{}{}{},", cell.text.size(), cell.quoted ? '"' : ':', cell.text
        );
    }
    out += '\n';
}

std::string read_csv(const std::string& file, const CsvOptions& options, std::size_t block_bytes) {
    const auto source = need(FileSource::open(file));
    auto opened = need(CsvReader::open(*source, options));
    auto begun = opened.hand_over();
    if (!begun) throw std::runtime_error("the first record fills no block");
    BlockCutter cutter(*source, options, *begun, block_bytes);
    BlockReader reader(opened.header(), options);
    Record record;
    std::string out;
    ReadCounts before;
    std::uint64_t lines = begun->line - 1;
    TextBlock used;
    while (auto block = need(cutter.next(std::move(used)))) {
        block->first_line = 1;
        if (block->ends_in_quotes) block->first_line = lines + 1;  // the words of its problem
        const std::uint64_t more = block->ends_in_quotes ? 0 : lines;
        reader.start(*block);
        while (reader.next()) {
            reader.read(record);
            append(record, before, more, out);
        }
        before.records += reader.counts().records;
        lines += reader.line_ends();
        used = *std::move(block);
    }
    return out;
}

int csv(const Words& words) {
    const auto options = options_of(words[1]);
    const std::string records = read_csv(words[2], options, std::stoul(words[3]));
    for (std::size_t i = 4; i < words.size(); ++i) {
        if (read_csv(words[2], options, std::stoul(words[i])) == records) continue;
        std::cerr << "blocks of " << words[i] << " bytes give other records\n";
        return 1;
    }
    std::cout << records;
    return 0;
}

void append(const literal::Value& value, std::string& out);

struct Append {
    std::string& out;
    void operator()(std::monostate) const { out += 'N'; }
    void operator()(bool value) const { out += value ? 'T' : 'F'; }
    void operator()(std::int64_t value) const { out += fmt::format("i{} ", value); }
    void operator()(double value) const {
        out += fmt::format("d{:016x}", std::bit_cast<std::uint64_t>(value));
    }
    void operator()(const literal::Number& value) const {
        if (value.text.find_first_of(".eE") == std::string::npos) {
            out += "i" + value.text + " ";
        } else {
            (*this)(std::strtod(value.text.c_str(), nullptr));
        }
    }
    void operator()(const std::string& value) const {
        out += fmt::format("s{}:{}", value.size(), value);
    }
    void operator()(const literal::Bytes& value) const {
        out += fmt::format("b{}:{}", value.data.size(), value.data);
    }
    void operator()(const literal::List& list) const {
        out += '[';
        for (const auto& item : list) append(item, out);
        out += ']';
    }
    void operator()(const literal::Map& map) const {
        out += '{';
        for (const auto& [key, item] : map) {
            append(key, out);
            append(item, out);
        }
        out += '}';
    }
};

void append(const literal::Value& value, std::string& out) {
    std::visit(Append{out}, value.data);
}

int literals(const Words& words) {
    std::ifstream file(words[1], std::ios::binary);
    std::ostringstream whole;
    whole << file.rdbuf();
    const std::string bytes = whole.str();
    std::string_view rest = bytes;
    std::string out;
    while (rest.size() >= 4) {
        std::uint32_t size = 0;
        for (unsigned i = 0; i < 4; ++i) {
            size |= static_cast<std::uint32_t>(static_cast<unsigned char>(rest[i])) << (8 * i);
        }
        const auto value = literal::parse_python_literal(rest.substr(4, size));
        value ? append(*value, out) : void(out += '!');
        out += '\n';
        rest.remove_prefix(4 + size);
    }
    std::cout << out;
    return 0;
}

int run(const Words& words) {
    if (words.size() >= 4 && words[0] == "csv") return csv(words);
    if (words.size() == 2 && words[0] == "literals") return literals(words);
    std::cerr << "usage: reel-records csv OPTIONS FILE BLOCK… | literals FILE\n";
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
