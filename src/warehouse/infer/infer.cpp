#include "reel/warehouse/infer.hpp"

#include <algorithm>

#include "reel/fetch/download.hpp"
#include "warehouse/failure.hpp"
#include "warehouse/identifiers.hpp"
#include "warehouse/infer/column_names.hpp"
#include "warehouse/infer/spec_yaml.hpp"
#include "warehouse/infer/survey.hpp"
#include "warehouse/stage/memory_plan.hpp"
#include "warehouse/stage/open_part.hpp"
#include "warehouse/stage/source_files.hpp"

namespace reel::warehouse {

namespace {

/// What a stage task with this source reads; the columns do not matter yet, and this one's name
/// gives a file without header no names.
core::Result<StageSpec> parse_source_of(const core::JsonText& source) {
    const Json columns = {{"column_1", "text"}};
    const Json args = {
        {"source", Json::parse(source.text, nullptr, false)},
        {"tables", {{"t", {{"columns", columns}}}}}
    };
    return parse_stage_spec({args.dump()});
}

core::Result<TableName> target_of(const InferRequest& request, const std::string& path) {
    if (!request.into.empty()) return parse_table_name(request.into);
    // What stands behind the path of a URL names nothing.
    const std::filesystem::path file =
        path.substr(0, fetch::is_url(path) ? path.find_first_of("?#") : path.npos);
    return TableName{"public", sql_name(file.stem().string(), "data")};
}

/// A name that a DAG and its tasks can have, too.
std::string staged_name(const TableName& target) {
    std::string name = sql_name(target.table, "data");
    std::ranges::replace_if(
        name, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '_'
    );
    return name;
}

/// How many different values may be told apart in so many bytes; 0: as many as is usual.
std::size_t distinct_values_in(std::uint64_t bytes) {
    // A table of hashes is a quarter empty at least, and there twice while it grows.
    constexpr std::uint64_t bytes_of_one = 32;
    const auto most = static_cast<std::uint64_t>(Survey::usual_distinct);
    return bytes == 0 ? Survey::usual_distinct : std::min(most, bytes / bytes_of_one);
}

core::Result<InferredTable> survey_source(
    const InferRequest& request, StageSpec spec, const ProgressLines::Say& log
) {
    const SourcePlaces places = {
        .data_dir = request.data_dir,
        .fetch_dir = request.fetch_dir.empty() ? request.data_dir : request.fetch_dir,
        .cache_dir = request.cache_dir,
        .owner = "infer"
    };
    const ProgressLines lines{log, request.progress};
    auto files = open_source(spec, places, lines);
    if (!files) return std::unexpected(files.error());
    const std::uint64_t used = request.memory_limit == 0 ? 0 : resident_bytes();
    const auto memory = plan_memory({.limit = request.memory_limit, .used = used});
    if (!memory) return std::unexpected(memory.error());
    obey(*memory, spec);
    const auto progress = tell_progress(lines, [&files] { return files->share(); });
    Survey survey(spec, request.key, progress, distinct_values_in(memory->spare));
    for (;;) {
        auto part = open_next(*files, spec);
        if (!part) return std::unexpected(part.error());
        if (!*part) return survey.finish();
        if (auto done = survey.read(*(*part)->records); !done) {
            return std::unexpected(at_file(done.error(), (*part)->input.name));
        }
    }
}

InferredTable complete(InferredTable table, const InferRequest& request, const TableName& target) {
    table.source = Json::parse(request.source.text);
    if (table.source.is_string()) table.source = {{"path", table.source}};
    table.name = staged_name(target);
    table.into = target.readable();
    table.mode = request.mode;
    table.rejects = request.rejects;
    const std::uint64_t rejects = table.read.problems + table.key.nulls;
    if (table.rejects.empty() && rejects > 0) table.rejects = std::to_string(rejects);
    return table;
}

}  // namespace

core::Result<InferredLoad> infer_load(const InferRequest& request, const ProgressLines::Say& log) {
    const auto spec = parse_source_of(request.source);
    if (!spec) return std::unexpected(spec.error());
    const auto target = target_of(request, spec->name);
    if (!target) return std::unexpected(target.error());
    auto surveyed = survey_source(request, *spec, log);
    if (!surveyed) {
        if (surveyed.error().where.empty()) surveyed.error().where = spec->name;
        return std::unexpected(surveyed.error());
    }
    const auto table = complete(*std::move(surveyed), request, *target);
    const std::string task = "stage_" + table.name;
    InferredLoad result{
        .plan = {task, {stage_args(table).dump()}, {{upsert_args(table, task).dump()}}},
        .yaml = spec_yaml(table),
        .columns = {evidence_of(table).dump()}
    };
    // What is written must be what stage takes, to the last name.
    if (const auto usable = parse_stage_spec(result.plan.stage); !usable) {
        return std::unexpected(usable.error());
    }
    return result;
}

}  // namespace reel::warehouse
