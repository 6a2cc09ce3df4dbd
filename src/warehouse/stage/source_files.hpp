#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "reel/core/result.hpp"
#include "reel/warehouse/operations.hpp"
#include "warehouse/stage/input_files.hpp"
#include "warehouse/stage/progress.hpp"
#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

/// Where the files of a source are looked for.
struct SourcePlaces {
    std::filesystem::path data_dir;   ///< relative paths are below it
    std::filesystem::path fetch_dir;  ///< what a URL gave lies there while it is read
    std::filesystem::path cache_dir;  ///< keeps it between calls; empty: nothing is kept
    std::string owner;                ///< whose call it is: no other's files are touched
};

/// Of an operation.
[[nodiscard]] SourcePlaces places_of(const OperationContext& context);

/// The source's files, opened: those of this machine where they lie, that of a URL fetched whole
/// first, for only a file can be gone back in, and a server does not wait for a database. A cut
/// connection is the download's business: no record is read before the last byte is there. Errors:
/// those of locating, fetching and opening; corrupt_data for a web page in place of a file.
[[nodiscard]] core::Result<InputFiles> open_source(
    const StageSpec& spec, const SourcePlaces& places, const ProgressLines& lines
);

/// Whether what a server sent is a page for people, and not data: by its first bytes, and what the
/// server calls it.
[[nodiscard]] bool is_web_page(std::string_view front, std::string_view content_type);

}  // namespace reel::warehouse
