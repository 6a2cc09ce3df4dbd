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

/// Reads every record; says now and then how far it is.
core::Result<void> read_all(CsvReader& reader, StagingLoad& load, const OperationContext& context) {
    using Clock = std::chrono::steady_clock;
    constexpr auto interval = std::chrono::seconds(5);
    constexpr std::uint64_t records_between_looks = 4096;
    const auto began = Clock::now();
    auto next_line = began + interval;
    Record record;
    while (true) {
        const auto more = reader.next(record);
        if (!more) {
            return std::unexpected(more.error());
        }
        if (!*more) {
            return {};
        }
        load.take(record);
        if (record.number % records_between_looks != 0 || Clock::now() < next_line) {
            continue;
        }
        next_line = Clock::now() + interval;
        const std::chrono::duration<double> took = Clock::now() - began;
        const auto bytes = static_cast<double>(reader.counts().bytes);
        context.log(fmt::format(
            "{} records, {}, {:.1f} MB/s",
            grouped(static_cast<std::int64_t>(reader.counts().records)),
            readable_bytes(reader.counts().bytes),
            bytes / 1e6 / std::max(took.count(), 1e-3)
        ));
    }
}

/// An open quote at the end may have swallowed any number of records, so no limit on rejects covers
/// it.
core::Result<void> check_whole(const CsvReader& reader, const FileAccount& account) {
    const auto& counts = reader.counts();
    if (counts.unclosed_quote) {
        return core::fail(
            core::Errc::corrupt_data,
            fmt::format(
                "a quote was still open when the file ended (line {}); the records behind it "
                "cannot be told apart",
                counts.last_line
            ),
            "reel.quarantine has the line on which that quote begins"
        );
    }
    if (counts.records != account.records_read) {
        return core::fail(
            core::Errc::internal,
            fmt::format("{} records were read, {} taken", counts.records, account.records_read)
        );
    }
    return {};
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
    const StageSpec& spec, const fs::path& path, const OperationContext& context
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
    StagingLoad load(link, {*tables, context, spec.path, spec.rejects});
    if (const auto done = read_all(*file->reader, load, context); !done) {
        load.keep_rejects();
        return std::unexpected(done.error());
    }
    if (const auto whole = check_whole(*file->reader, load.account()); !whole) {
        load.keep_rejects();
        return std::unexpected(whole.error());
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
    auto done = guarded("stage", [&] { return load_file(*spec, *path, context); });
    if (!done && done.error().where.empty()) {
        done.error().where = spec->path;
    }
    return done;
}

}  // namespace reel::warehouse
