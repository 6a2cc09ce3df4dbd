#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reel/core/dag.hpp"
#include "reel/core/result.hpp"
#include "warehouse/contract.hpp"
#include "warehouse/source/json_splitter.hpp"
#include "warehouse/source/record_reader.hpp"
#include "warehouse/stage/input_files.hpp"
#include "warehouse/types/field_encoder.hpp"

namespace reel::warehouse {

/// Numbers the rows of a staged table while duplicates are looked for; gone before anyone sees it.
inline constexpr std::string_view hidden_row_column = "_reel_row";

/// How many rejects a load may have: a count, or a share of what was read.
struct RejectLimit {
    std::uint64_t count = 0;
    std::optional<double> share;  ///< 0.01 for "1%"; when set, `count` does not matter

    [[nodiscard]] std::string readable() const;
};

/// "1%", "0.5 %", 12 or "12".
[[nodiscard]] core::Result<RejectLimit> parse_reject_limit(std::string_view text);

/// One column of a staged table.
struct ColumnSpec {
    std::string name;
    std::vector<std::string> from;  ///< alternatives, the first that exists is taken; never empty
    FieldEncoder encoder;
    bool not_null = false;
    /// Unset: an empty cell is NULL, an empty string in a list element is a value.
    std::optional<bool> empty_as_null;
    std::vector<std::string> null_values;  ///< further texts that mean NULL ("." in FRED's files)
};

struct StageTableSpec {
    std::string name;
    std::vector<std::string> each;  ///< alternatives of the list column; empty: a row per record
    std::vector<std::string> key;   ///< names of its columns; empty: every row is kept
    std::vector<ColumnSpec> columns;
    std::string checks = {
    };  ///< JSON, a list as `quality` takes it, of the staged rows; maybe empty
    Contract contract = {};
};

/// What a file's records look like.
enum class Format {
    csv,    ///< also TSV and columns of fixed width, which are CSV with other options
    jsonl,  ///< an object on each line
    json,   ///< one array of objects, or objects one after the other
};

/// Of a format that is JSON.
[[nodiscard]] constexpr JsonLayout json_layout(Format format) {
    return format == Format::jsonl ? JsonLayout::lines : JsonLayout::elements;
}

struct StageSpec {
    std::string path;  ///< of a file or a folder, a pattern, or a URL, which may hold secrets
    std::string name;  ///< the same as people may see it
    UnpackChoice unpack;
    std::optional<Encoding> encoding;  ///< unset: UTF-8, or what a byte order mark says
    Format format = Format::csv;
    CsvOptions csv;  ///< of the other formats, its limits count
    RejectLimit rejects;
    std::vector<StageTableSpec> tables;
    std::string
        asked;  ///< the arguments and who read them: equal where equal files give equal rows
};

/// Checks everything that can be known without the file; all mistakes come in one error.
[[nodiscard]] core::Result<StageSpec> parse_stage_spec(const core::JsonText& args);

}  // namespace reel::warehouse
