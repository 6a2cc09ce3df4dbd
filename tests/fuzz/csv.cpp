#include "fuzz/targets.hpp"
#include "unit/warehouse/source_reading.hpp"

namespace reel::fuzz {

using namespace warehouse;

namespace {

bool opens(std::string_view file, const CsvOptions& options) {
    MemorySource source{std::string(file)};
    return CsvReader::open(source, options).has_value();
}

void demand_agreement(std::string_view file, const CsvOptions& options, std::size_t block) {
    const SeenFile whole = read_pieces(file, options, SIZE_MAX);
    const SeenFile blocks = read_blocks(file, options, block);
    demand(blocks.records == whole.records, "blocks have other records than the whole file");
    demand(blocks.counts.problems == whole.counts.problems, "blocks count other problems");
    demand(blocks.counts.blank_lines == whole.counts.blank_lines, "blocks count other blank lines");
    demand(blocks.counts.unclosed_quote == whole.counts.unclosed_quote, "an open quote is missed");
    demand(blocks.counts.bytes == file.size(), "blocks are not the whole file");
    demand(whole.counts.records == whole.records.size(), "a record is not counted");
}

}  // namespace

/// The first byte chooses the options, the second the size of the blocks.
void csv(std::string_view input) {
    if (input.size() < 2) return;
    const auto choice = static_cast<unsigned char>(input[0]);
    const std::size_t block = 1 + static_cast<unsigned char>(input[1]);
    CsvOptions options = {.columns = {}};
    options.header = (choice & 1U) == 0;
    if ((choice & 2U) != 0) options.quote = '\0';
    if ((choice & 4U) != 0) options.delimiter = ';';
    if ((choice & 8U) != 0) {
        options.max_cell_bytes = 9;
        options.max_record_bytes = 25;
        options.cut_raw_bytes = 6;
    }
    if ((choice & 16U) != 0) options.escape = '\\';
    if ((choice & 32U) != 0) options.comment = '#';
    if ((choice & 64U) != 0) options.skip = 1;
    const std::string_view file = input.substr(2);
    if (opens(file, options)) demand_agreement(file, options, block);
}

}  // namespace reel::fuzz
