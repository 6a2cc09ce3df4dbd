#include "warehouse/stage/source_files.hpp"

#include <fmt/format.h>

#include <array>
#include <system_error>
#include <utility>

#include "reel/core/ascii.hpp"
#include "reel/fetch/download.hpp"
#include "warehouse/failure.hpp"
#include "warehouse/identifiers.hpp"
#include "warehouse/stage/locate.hpp"
#include "warehouse/stage/staging_sql.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

core::Result<std::string> read_front_of(const fs::path& file) {
    auto source = FileSource::open(file);
    if (!source) return std::unexpected(std::move(source.error()));
    std::array<std::byte, 512> bytes{};
    const auto got = (*source)->read(bytes);
    if (!got) return std::unexpected(got.error());
    return std::string(reinterpret_cast<const char*>(bytes.data()), *got);
}

core::Result<void> refuse_web_page(const fs::path& file, const std::string& content_type) {
    const auto front = read_front_of(file);
    if (!front) return std::unexpected(front.error());
    if (!is_web_page(*front, content_type)) return {};
    return core::fail(
        core::Errc::corrupt_data,
        fmt::format(
            "the server sent a web page{}, not a file of records",
            content_type.empty() ? "" : fmt::format(" ({})", printable(content_type))
        ),
        "open the address in a browser: it may want a login, or be a page about the file and not "
        "the file itself"
    );
}

fetch::OnProgress tell_download(const ProgressLines& lines) {
    return [&lines,
            elapsed = stopwatch(),
            pace = ProgressPace(lines.interval())](const fetch::DownloadProgress& at) mutable {
        const auto now = elapsed();
        if (!pace.is_due(now)) return;
        lines.show(download_line({.done = at.bytes, .whole = at.total.value_or(0)}, now));
    };
}

/// The same for every try of one call, so that what a killed one left is swept by the next.
fs::path folder_of(const StageSpec& spec, const SourcePlaces& places) {
    return places.fetch_dir /
           (".source-" + short_hash(places.owner + "\n" + spec.path).substr(0, 16));
}

core::Result<InputFiles> open_url(
    const StageSpec& spec, const SourcePlaces& places, const ProgressLines& lines
) {
    auto folder = PassingFolder::take(folder_of(spec, places));
    if (!folder) return std::unexpected(std::move(folder.error()));
    const fetch::DownloadRequest request{
        .from = spec.path, .into = (*folder)->path(), .cache = places.cache_dir, .file_name = "data"
    };
    const auto fetched = fetch::download(request, lines.log, tell_download(lines));
    if (!fetched) return std::unexpected(at_file(fetched.error(), spec.name));
    std::vector<LocatedFile> files;
    for (const auto& file : fetched->files) {
        const bool is_one = fetched->files.size() == 1;
        const auto below =
            is_one ? "" : "/" + file.path.lexically_relative((*folder)->path()).string();
        if (auto data = refuse_web_page(file.path, fetched->content_type); !data) {
            return std::unexpected(at_file(data.error(), spec.name));
        }
        files.push_back({file.path, spec.name + below, fetched->etag});
    }
    auto input = InputFiles::open(std::move(files), spec.unpack);
    if (input) input->keep(*std::move(folder));
    return input;
}

}  // namespace

SourcePlaces places_of(const OperationContext& context) {
    const auto& key = context.identity.key;
    return {
        .data_dir = context.data_dir,
        .fetch_dir = context.fetch_dir.empty() ? context.data_dir : context.fetch_dir,
        .cache_dir = context.cache_dir,
        .owner = fmt::format("{}\n{}", key.task_id.str(), key.map_index)
    };
}

bool is_web_page(std::string_view front, std::string_view content_type) {
    if (front.starts_with(byte_order_mark)) front.remove_prefix(byte_order_mark.size());
    const auto first = front.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || front[first] != '<') return false;
    const std::string begin = core::lowered(front.substr(first));
    const std::string type = core::lowered(content_type);
    return begin.starts_with("<!doctype html") || begin.starts_with("<html") ||
           type.starts_with("text/html") || type.starts_with("application/xhtml");
}

core::Result<InputFiles> open_source(
    const StageSpec& spec, const SourcePlaces& places, const ProgressLines& lines
) {
    if (fetch::is_url(spec.path)) return open_url(spec, places, lines);
    auto located = locate_sources(places.data_dir, spec.path);
    if (!located) return std::unexpected(std::move(located.error()));
    return InputFiles::open(*std::move(located), spec.unpack);
}

}  // namespace reel::warehouse
