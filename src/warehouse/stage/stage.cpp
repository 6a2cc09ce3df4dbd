#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "reel/warehouse/operations.hpp"
#include "warehouse/failure.hpp"
#include "warehouse/registry.hpp"
#include "warehouse/schema.hpp"
#include "warehouse/stage/new_columns.hpp"
#include "warehouse/stage/open_part.hpp"
#include "warehouse/stage/source_files.hpp"
#include "warehouse/stage/staging_load.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

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

/// The parts of the source one after the other, the first of which is open.
core::Result<void> read_all(
    StagingLoad& load,
    std::optional<OpenPart> part,
    InputFiles& files,
    const StageSpec& spec,
    const std::vector<std::string>& header
) {
    while (part) {
        const std::string name = part->input.name;
        auto done = check_same_header(header, part->records->header());
        if (done) {
            done = load.read(name, *part->records);
        }
        if (!done) {
            return std::unexpected(at_file(std::move(done.error()), name));
        }
        load.set_content(
            {part->hashing->sha256(),
             part->hashing->bytes(),
             part->input.file_bytes,
             std::move(part->input.etag)}
        );
        part.reset();
        auto next = open_next(files, spec);
        if (!next) {
            return std::unexpected(std::move(next.error()));
        }
        part = *std::move(next);
    }
    return {};
}

/// Everything after the arguments are known to be right.
core::Result<core::JsonText> load_files(
    StageSpec& spec, InputFiles& files, const OperationContext& context
) {
    auto first = open_next(files, spec);
    if (!first) {
        return std::unexpected(std::move(first.error()));
    }
    spec.csv.encoding = (*first)->text->encoding();
    const std::vector<std::string> header = (*first)->records->header();
    if (auto evolved = evolve_columns(spec, header); !evolved) {
        return std::unexpected(at_file(std::move(evolved.error()), (*first)->input.name));
    }
    const auto tables = bind_columns(spec, header);
    if (!tables) {
        return std::unexpected(at_file(tables.error(), (*first)->input.name));
    }
    postgres::Link link(context.uri, "reel stage");
    ensure_schema(link);
    if (const auto dropped = drop_earlier_attempts(link, context.identity); !dropped) {
        return std::unexpected(dropped.error());
    }
    const std::size_t connections = connections_for(files.estimated_bytes());
    context.log(fmt::format(
        "{} connection{}, at most {} in buffers",
        connections,
        connections == 1 ? "" : "s",
        readable_bytes(buffer_bytes(connections, tables->size()))
    ));
    StagingLoad load(
        link, {*tables, context, spec.name, header, spec, connections, progress_of(context)}
    );
    if (auto done = read_all(load, *std::move(first), files, spec, header); !done) {
        load.keep_rejects();
        return std::unexpected(std::move(done.error()));
    }
    return load.finish();
}

core::Result<InputFiles> find_files(const StageSpec& spec, const OperationContext& context) {
    auto files = open_source(spec, places_of(context), context.log);
    if (files) {
        context.log(fmt::format(
            "reading {}{} ({})",
            printable(spec.name),
            files->count() > 1 ? fmt::format(" …, {} files", files->count()) : "",
            readable_bytes(files->estimated_bytes())
        ));
    }
    return files;
}

}  // namespace

core::Result<core::JsonText> stage(const core::JsonText& args, const OperationContext& context) {
    auto spec = parse_stage_spec(args);
    if (!spec) {
        return std::unexpected(spec.error());
    }
    auto files = find_files(*spec, context);
    if (!files) {
        return std::unexpected(std::move(files.error()));
    }
    auto done = guarded("stage", [&] { return load_files(*spec, *files, context); });
    if (!done) {
        return std::unexpected(at_file(std::move(done.error()), spec->name));
    }
    return done;
}

}  // namespace reel::warehouse
