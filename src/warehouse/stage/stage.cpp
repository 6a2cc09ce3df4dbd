#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "reel/warehouse/operations.hpp"
#include "warehouse/failure.hpp"
#include "warehouse/registry.hpp"
#include "warehouse/schema.hpp"
#include "warehouse/source/byte_source.hpp"
#include "warehouse/stage/locate.hpp"
#include "warehouse/stage/report.hpp"
#include "warehouse/stage/staging_load.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

namespace fs = std::filesystem;

/// Says now and then how far the reading is.
BlockFeed::Progress progress_of(const OperationContext& context) {
    using Clock = std::chrono::steady_clock;
    static constexpr auto interval = std::chrono::seconds(5);
    const auto began = Clock::now();
    return [&context, began, next_line = began + interval](const ReadCounts& counts) mutable {
        const auto now = Clock::now();
        if (now < next_line) {
            return;
        }
        next_line = now + interval;
        const std::chrono::duration<double> took = now - began;
        context.log(fmt::format(
            "{} records, {}, {:.1f} MB/s",
            grouped(static_cast<std::int64_t>(counts.records)),
            readable_bytes(counts.bytes),
            static_cast<double>(counts.bytes) / 1e6 / std::max(took.count(), 1e-3)
        ));
    };
}

struct OpenFile {
    std::unique_ptr<FileSource> bytes;
    std::unique_ptr<HashingSource> hashing;
    std::optional<CsvReader> reader;
};

core::Result<OpenFile> open_file(const fs::path& path, const CsvOptions& options) {
    OpenFile file;
    auto bytes = FileSource::open(path);
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    file.bytes = *std::move(bytes);
    file.hashing = std::make_unique<HashingSource>(*file.bytes);
    auto reader = CsvReader::open(*file.hashing, options);
    if (!reader) {
        return std::unexpected(reader.error());
    }
    file.reader.emplace(*std::move(reader));
    return file;
}

/// Everything after the arguments are known to be right.
core::Result<core::JsonText> load_file(
    const StageSpec& spec, const fs::path& path, std::uint64_t size, const OperationContext& context
) {
    auto file = open_file(path, spec.csv);
    if (!file) {
        return std::unexpected(file.error());
    }
    const auto tables = bind_columns(spec, file->reader->header());
    if (!tables) {
        return std::unexpected(tables.error());
    }
    postgres::Link link(context.uri, "reel stage");
    ensure_schema(link);
    if (const auto dropped = drop_earlier_attempts(link, context.identity); !dropped) {
        return std::unexpected(dropped.error());
    }
    const std::size_t connections = connections_for(size);
    context.log(fmt::format(
        "{} connection{}, at most {} in buffers",
        connections,
        connections == 1 ? "" : "s",
        readable_bytes(buffer_bytes(connections, tables->size()))
    ));
    StagingLoad load(
        link,
        {*tables, context, spec.path, file->reader->header(), spec.csv, spec.rejects, connections}
    );
    auto done = load.read(*file->reader, *file->hashing, progress_of(context));
    if (done) {
        done = load.check_whole();
    }
    if (!done) {
        load.keep_rejects();
        return std::unexpected(done.error());
    }
    return load.finish({file->hashing->sha256(), file->hashing->bytes()});
}

}  // namespace

core::Result<core::JsonText> stage(const core::JsonText& args, const OperationContext& context) {
    const auto spec = parse_stage_spec(args);
    if (!spec) {
        return std::unexpected(spec.error());
    }
    const auto path = locate_source(context.data_dir, spec->path);
    if (!path) {
        return std::unexpected(path.error());
    }
    std::error_code ignored;
    const auto size = fs::file_size(*path, ignored);
    context.log(fmt::format("reading {} ({})", path->string(), readable_bytes(size)));
    auto done = guarded("stage", [&] { return load_file(*spec, *path, size, context); });
    if (!done && done.error().where.empty()) {
        done.error().where = spec->path;
    }
    return done;
}

}  // namespace reel::warehouse
