#include <optional>
#include <utility>

#include "reel/warehouse/operations.hpp"
#include "warehouse/failure.hpp"
#include "warehouse/registry.hpp"
#include "warehouse/schema.hpp"
#include "warehouse/stage/prepared_stage.hpp"
#include "warehouse/stage/progress.hpp"
#include "warehouse/stage/staging_load.hpp"

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

/// What is prepared, into the database.
core::Result<core::JsonText> load_files(PreparedStage& prepared, const OperationContext& context) {
    postgres::Link link(context.uri, "reel stage");
    ensure_schema(link);
    if (const auto dropped = drop_earlier_attempts(link, context.identity); !dropped) {
        return std::unexpected(dropped.error());
    }
    auto& [spec, files, checks, wish, memory, first, header, tables] = prepared;
    const auto progress = tell_progress(lines_of(context), [&] { return prepared.files.share(); });
    StagingLoad load(link, {tables, context, spec.name, header, spec, memory, progress, checks});
    if (auto done = read_all(load, std::move(first), files, spec, header); !done) {
        load.keep_rejects();
        return std::unexpected(std::move(done.error()));
    }
    return load.finish();
}

}  // namespace

core::Result<core::JsonText> stage_source(
    const core::JsonText& args, std::optional<InputFiles> opened, const OperationContext& context
) {
    auto spec = parse_stage_spec(args);
    if (!spec) {
        return std::unexpected(spec.error());
    }
    auto prepared = prepare_stage(*std::move(spec), std::move(opened), context, context.log);
    if (!prepared) {
        return std::unexpected(std::move(prepared.error()));
    }
    auto done = guarded("stage", [&] { return load_files(**prepared, context); });
    if (!done) {
        return std::unexpected(at_file(std::move(done.error()), (*prepared)->spec.name));
    }
    return done;
}

core::Result<core::JsonText> stage(const core::JsonText& args, const OperationContext& context) {
    return stage_source(args, std::nullopt, context);
}

}  // namespace reel::warehouse
