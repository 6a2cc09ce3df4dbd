#include "warehouse/stage/open_part.hpp"

#include <utility>

#include "warehouse/failure.hpp"
#include "warehouse/source/csv_file.hpp"
#include "warehouse/source/json_file.hpp"

namespace reel::warehouse {

namespace {

core::Result<void> begin(OpenPart& part, const StageSpec& spec) {
    part.hashing = std::make_unique<HashingSource>(*part.input.bytes);
    auto text = Utf8Source::open(*part.hashing, spec.encoding);
    if (!text) {
        return std::unexpected(std::move(text.error()));
    }
    part.text = *std::move(text);
    auto records =
        spec.format == Format::csv
            ? CsvFile::open(*part.text, spec.csv)
            : JsonFile::open(*part.text, json_layout(spec.format), spec.csv, spec.csv.block_bytes);
    if (!records) {
        return std::unexpected(std::move(records.error()));
    }
    part.records = *std::move(records);
    return {};
}

}  // namespace

core::Result<std::optional<OpenPart>> open_next(InputFiles& files, const StageSpec& spec) {
    auto input = files.next();
    if (!input) {
        return std::unexpected(std::move(input.error()));
    }
    if (!*input) {
        return std::nullopt;
    }
    OpenPart part{
        .input = **std::move(input), .hashing = nullptr, .text = nullptr, .records = nullptr
    };
    if (auto begun = begin(part, spec); !begun) {
        return std::unexpected(at_file(std::move(begun.error()), part.input.name));
    }
    return part;
}

}  // namespace reel::warehouse
