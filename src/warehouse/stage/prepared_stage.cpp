#include "warehouse/stage/prepared_stage.hpp"

#include <utility>

#include <fmt/format.h>

#include "warehouse/failure.hpp"
#include "warehouse/stage/new_columns.hpp"
#include "warehouse/stage/source_files.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

core::Result<void> open_first(PreparedStage& prepared) {
    auto& spec = prepared.spec;
    auto first = open_next(prepared.files, spec);
    if (!first) return std::unexpected(std::move(first.error()));
    prepared.first = *std::move(first);
    spec.csv.encoding = prepared.first->text->encoding();
    prepared.header = prepared.first->records->header();
    const auto& name = prepared.first->input.name;
    if (auto evolved = evolve_columns(spec, prepared.header); !evolved) {
        return std::unexpected(at_file(std::move(evolved.error()), name));
    }
    auto tables = bind_columns(spec, prepared.header);
    if (!tables) return std::unexpected(at_file(std::move(tables.error()), name));
    prepared.tables = *std::move(tables);
    return {};
}

std::string reading_line(const InputFiles& files) {
    return fmt::format(
        "reading {}{} ({})",
        printable(files.first()),
        files.count() > 1 ? fmt::format(" …, {} files", files.count()) : "",
        readable_bytes(files.estimated_bytes())
    );
}

}  // namespace

core::Result<std::unique_ptr<PreparedStage>> prepare_stage(
    StageSpec spec,
    std::optional<InputFiles> opened,
    const OperationContext& context,
    const std::function<void(const std::string&)>& say
) {
    auto checks = read_table_checks(spec, context);
    if (!checks) return std::unexpected(std::move(checks.error()));
    auto files = opened ? core::Result<InputFiles>(*std::move(opened))
                        : open_source(spec, places_of(context), {context.log, context.progress});
    if (!files) return std::unexpected(at_file(std::move(files.error()), spec.name));
    say(reading_line(*files));
    auto prepared = std::make_unique<PreparedStage>(std::move(spec), *std::move(files));
    prepared->checks = *std::move(checks);
    prepared->wish = wish_of(context, prepared->files, prepared->spec);
    const auto memory = plan_memory(prepared->wish);
    if (!memory) return std::unexpected(at_file(memory.error(), prepared->spec.name));
    prepared->memory = *memory;
    say(describe(*memory, prepared->wish));
    obey(*memory, prepared->spec);
    if (auto done = open_first(*prepared); !done) {
        return std::unexpected(at_file(std::move(done.error()), prepared->spec.name));
    }
    return prepared;
}

}  // namespace reel::warehouse
