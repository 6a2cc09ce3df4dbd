#include <fmt/format.h>

#include "reel/warehouse/operations.hpp"
#include "warehouse/failure.hpp"
#include "warehouse/registry.hpp"
#include "warehouse/schema.hpp"
#include "warehouse/stage/new_columns.hpp"
#include "warehouse/stage/open_part.hpp"
#include "warehouse/stage/progress.hpp"
#include "warehouse/stage/source_files.hpp"
#include "warehouse/stage/staging_load.hpp"
#include "warehouse/stage/table_checks.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

ProgressLines lines_of(const OperationContext& context) {
    return {context.log, context.progress};
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
    StageSpec& spec,
    InputFiles& files,
    const std::vector<TableChecks>& checks,
    const OperationContext& context
) {
    const MemoryWish wish = wish_of(context, files, spec);
    const auto memory = plan_memory(wish);
    if (!memory) {
        return std::unexpected(memory.error());
    }
    context.log(describe(*memory, wish));
    obey(*memory, spec);
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
    const auto progress = tell_progress(lines_of(context), [&files] { return files.share(); });
    StagingLoad load(link, {*tables, context, spec.name, header, spec, *memory, progress, checks});
    if (auto done = read_all(load, *std::move(first), files, spec, header); !done) {
        load.keep_rejects();
        return std::unexpected(std::move(done.error()));
    }
    return load.finish();
}

core::Result<InputFiles> find_files(const StageSpec& spec, const OperationContext& context) {
    auto files = open_source(spec, places_of(context), lines_of(context));
    if (files) {
        context.log(fmt::format(
            "reading {}{} ({})",
            printable(files->first()),
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
    const auto checks = read_table_checks(*spec, context);
    if (!checks) {
        return std::unexpected(checks.error());
    }
    auto files = find_files(*spec, context);
    if (!files) {
        return std::unexpected(std::move(files.error()));
    }
    auto done = guarded("stage", [&] { return load_files(*spec, *files, *checks, context); });
    if (!done) {
        return std::unexpected(at_file(std::move(done.error()), spec->name));
    }
    return done;
}

}  // namespace reel::warehouse
