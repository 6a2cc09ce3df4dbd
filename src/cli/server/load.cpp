#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "cli/byte_size.hpp"
#include "cli/server/actions.hpp"
#include "cli/status_line.hpp"
#include "reel/warehouse/infer.hpp"

namespace reel::cli {

namespace {

using warehouse::LoadPlan;

/// From wherever a spec is used, its path is right; a URL is no path.
std::string whole_path(const std::string& file) {
    if (file.empty() || file.contains("://")) return file;
    return std::filesystem::absolute(file).lexically_normal().string();
}

/// What the file's name says, its packing aside; empty where that is CSV.
std::string format_of(const std::string& text) {
    // What stands behind the path of a URL is none of its name.
    const std::filesystem::path file =
        text.substr(0, text.contains("://") ? text.find_first_of("?#") : text.npos);
    const auto last = file.extension().string();
    const bool is_packed = last == ".gz" || last == ".bz2" || last == ".xz" || last == ".zst";
    const auto kind = is_packed ? file.stem().extension().string() : last;
    if (kind == ".jsonl" || kind == ".ndjson") return "jsonl";
    return kind == ".tsv" || kind == ".json" ? kind.substr(1) : "";
}

core::JsonText source_of(const LoadOptions& options) {
    nlohmann::ordered_json source = {{"path", whole_path(options.file)}};
    const auto format =
        options.source_format.empty() ? format_of(options.file) : options.source_format;
    if (!format.empty()) source["format"] = format;
    if (!options.encoding.empty()) source["encoding"] = options.encoding;
    if (!options.delimiter.empty()) source["delimiter"] = options.delimiter;
    if (!options.quote.empty()) source["quote"] = options.quote;
    if (options.no_header) source["header"] = false;
    return {source.dump()};
}

/// Tells on stderr what a load does; on a terminal a line below says how far it is.
class Telling final {
  public:
    using Say = std::function<void(const std::string&)>;

    explicit Telling(Context& context) : err_(context.err()) {
        if (context.world().err_is_terminal) status_.emplace(err_, context.world().columns);
    }

    /// Both are good as long as this object.
    [[nodiscard]] Say log() {
        return [this](const std::string& line) {
            status_ ? status_->add(line) : void(err_ << line << "\n" << std::flush);
        };
    }
    [[nodiscard]] Say progress() {
        if (!status_) return {};
        return [this](const std::string& line) { status_->show(line); };
    }

  private:
    std::ostream& err_;
    std::optional<StatusLine> status_;
};

/// Where the tasks keep what they fetch: a file that was fetched before is not fetched again.
core::Result<std::filesystem::path> data_folder(Context& context) {
    const auto config = context.config();
    if (!config) return std::unexpected(config.error());
    return (*config)->path("core", "data_folder");
}

/// 0 where nobody set one.
core::Result<std::uint64_t> memory_limit_of(const LoadOptions& options) {
    if (options.memory_limit.empty()) return 0;
    auto limit = parse_byte_size(options.memory_limit);
    if (!limit) limit.error().where = "--memory-limit";
    return limit;
}

core::Result<warehouse::InferredLoad> infer(Context& context, const LoadOptions& options) {
    const auto data = data_folder(context);
    if (!data) return std::unexpected(data.error());
    const auto memory_limit = memory_limit_of(options);
    if (!memory_limit) return std::unexpected(memory_limit.error());
    Telling telling(context);
    return warehouse::infer_load(
        {.source = source_of(options),
         .data_dir = std::filesystem::current_path(),
         .fetch_dir = *data,
         .cache_dir = *data / "cache",
         .into = options.table,
         .key = options.key,
         .mode = options.mode,
         .rejects = options.rejects,
         .progress = telling.progress(),
         .memory_limit = *memory_limit},
        telling.log()
    );
}

/// A key that nobody named decides which rows are updated: it is not taken in silence.
void tell_key(Context& context, const LoadPlan& plan) {
    const auto upsert = nlohmann::json::parse(plan.upserts.front().text);
    const auto key = upsert.value("key", nlohmann::json::array());
    if (key.empty()) {
        context.err() << "no column is unique and never null: every row is added\n";
    } else if (upsert.value("mode", "upsert") != "append") {
        context.err() << fmt::format(
            "key: {}, the first column that is unique and never null; --key names another, "
            "--mode append adds every row\n",
            cell_text(key)
        );
    }
}

core::Result<LoadPlan> plan_of(Context& context, const LoadOptions& options) {
    if (options.spec.empty()) {
        // A spec says what it bears, and somebody has read it; without one nothing is borne
        // unasked.
        LoadOptions strict = options;
        if (strict.rejects.empty()) strict.rejects = "0";
        auto inferred = infer(context, strict);
        if (!inferred) return std::unexpected(inferred.error());
        if (options.key.empty()) tell_key(context, inferred->plan);
        return std::move(inferred->plan);
    }
    const bool has_dialect = !options.source_format.empty() || !options.encoding.empty() ||
                             !options.delimiter.empty() || !options.quote.empty() ||
                             options.no_header;
    if (has_dialect) {
        return core::fail(
            core::Errc::invalid_argument,
            "--format, --encoding, --delimiter, --quote and --no-header are the spec's to say",
            "write them under `source` of " + options.spec
        );
    }
    return warehouse::read_load_spec(
        options.spec,
        {.file = whole_path(options.file),
         .into = options.table,
         .key = options.key,
         .mode = options.mode,
         .rejects = options.rejects}
    );
}

/// Of a load by hand: every one is a run of its own.
warehouse::OperationContext context_of(
    Context& context,
    Telling& telling,
    const std::string& uri,
    const std::filesystem::path& data,
    std::uint64_t memory_limit
) {
    const auto run = "load__" + core::format_iso(context.world().clock.now());
    return {
        .uri = uri,
        .identity = {{core::DagId(load_dag_id), core::RunId(run), core::TaskId("load"), -1}, 1, 1},
        .data_dir = std::filesystem::current_path(),
        .fetch_dir = data,
        .cache_dir = data / "cache",
        .dag_dir = std::filesystem::current_path(),
        .staged = {},
        .log = telling.log(),
        .progress = telling.progress(),
        .memory_limit = memory_limit
    };
}

std::string how_to_see_rejects(
    const LoadOptions& options, const warehouse::OperationContext& context
) {
    return fmt::format(
        "`reel quarantine show --run-id {}{}` shows them",
        context.identity.key.run_id.str(),
        options.connection == "warehouse" ? "" : " --connection " + options.connection
    );
}

/// A plan as people read it: the statements under what they are for.
std::string describe(const nlohmann::json& steps) {
    std::string text;
    for (const auto& step : steps) {
        text += fmt::format(
            "{}: {}\n  why: {}\n",
            step.value("step", ""),
            step.value("what", ""),
            step.value("reason", "")
        );
        const auto sql = step.value("sql", "");
        for (std::size_t at = 0; at < sql.size();) {
            const std::size_t end = std::min(sql.find('\n', at), sql.size());
            text += fmt::format("  {}\n", sql.substr(at, end - at));
            at = end + 1;
        }
    }
    return text;
}

}  // namespace

core::Result<int> infer_file(Context& context, const LoadOptions& options) {
    const auto inferred = infer(context, options);
    if (!inferred) return std::unexpected(inferred.error());
    if (options.wants_evidence) {
        context.out() << render(
            nlohmann::json::parse(inferred->columns.text),
            {"column", "type", "not_null", "nulls", "distinct", "unique", "bytes", "examples"},
            options.format
        );
    } else {
        context.out() << inferred->yaml;
    }
    return 0;
}

core::Result<int> load_file(Context& context, const LoadOptions& options) {
    const auto uri = connection_uri(context, options.connection);
    if (!uri) return std::unexpected(uri.error());
    const auto plan = plan_of(context, options);
    if (!plan) return std::unexpected(plan.error());
    const auto data = data_folder(context);
    if (!data) return std::unexpected(data.error());
    const auto memory_limit = memory_limit_of(options);
    if (!memory_limit) return std::unexpected(memory_limit.error());
    auto telling = std::make_optional<Telling>(context);
    const auto operation = context_of(context, *telling, *uri, *data, *memory_limit);
    auto report = warehouse::load(*plan, operation);
    telling.reset();  // results come behind it
    if (!report) {
        if (report.error().code == core::Errc::corrupt_data) {
            report.error().hint += "; " + how_to_see_rejects(options, operation);
        }
        return std::unexpected(report.error());
    }
    const auto rows = nlohmann::json::parse(report->text);
    context.out() << render(
        rows,
        {"table",
         "read",
         "rejected",
         "duplicates",
         "filtered",
         "staged",
         "inserted",
         "updated",
         "unchanged",
         "deleted"},
        options.format
    );
    const bool has_rejects = std::ranges::any_of(rows, [](const nlohmann::json& row) {
        return row.value("records_rejected", 0L) + row.value("rejected", 0L) > 0;
    });
    if (has_rejects) {
        context.err() << "some were rejected: " << how_to_see_rejects(options, operation) << "\n";
    }
    return 0;
}

core::Result<int> explain_file(Context& context, const LoadOptions& options) {
    const auto uri = connection_uri(context, options.connection);
    if (!uri) return std::unexpected(uri.error());
    const auto plan = plan_of(context, options);
    if (!plan) return std::unexpected(plan.error());
    const auto data = data_folder(context);
    if (!data) return std::unexpected(data.error());
    const auto memory_limit = memory_limit_of(options);
    if (!memory_limit) return std::unexpected(memory_limit.error());
    auto telling = std::make_optional<Telling>(context);
    const auto report =
        warehouse::explain_load(*plan, context_of(context, *telling, *uri, *data, *memory_limit));
    telling.reset();
    if (!report) return std::unexpected(report.error());
    const auto steps = nlohmann::json::parse(report->text);
    context.out()
        << (options.format == Format::table
                ? describe(steps)
                : render(steps, {"step", "what", "reason", "sql"}, options.format));
    return 0;
}

}  // namespace reel::cli
