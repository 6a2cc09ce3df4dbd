#pragma once

#include <memory>
#include <optional>

#include "warehouse/source/encoding.hpp"
#include "warehouse/source/record_file.hpp"
#include "warehouse/stage/input_files.hpp"
#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

/// One stream of records, opened. Goes before the next one is asked for.
struct OpenPart {
    InputPart input;
    std::unique_ptr<HashingSource> hashing;
    std::unique_ptr<Utf8Source> text;
    std::unique_ptr<RecordFile> records;
};

/// The next stream of the files, read as the spec says; none behind the last. Errors say which
/// file.
[[nodiscard]] core::Result<std::optional<OpenPart>> open_next(
    InputFiles& files, const StageSpec& spec
);

}  // namespace reel::warehouse
