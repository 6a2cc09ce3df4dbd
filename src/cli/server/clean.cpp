#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>

#include "cli/server/actions.hpp"
#include "reel/executor/leftovers.hpp"
#include "reel/store/migrations.hpp"
#include "reel/store/run_store.hpp"
#include "reel/warehouse/operations.hpp"

namespace reel::cli {

namespace {

constexpr std::size_t batch = 500;

/// Removes, or only counts, what is older than a moment; each step leaves a line for a table.
class Cleaning final {
  public:
    Cleaning(
        Context& context,
        const config::Config& config,
        store::RunStore& store,
        const CleanOptions& options,
        core::Timestamp before
    )
        : context_(context),
          store_(store),
          options_(options),
          before_(before),
          places_{config.path("logging", "base_log_folder"), config.path("core", "data_folder")} {}

    core::Result<nlohmann::json> run() {
        // Runs go behind it: so what belongs to them is counted once, with or without --dry-run.
        clean_remains("xcom", store::Remains::xcom);
        clean_remains("skipped_fires", store::Remains::skipped_fires);
        clean_remains("backfill", store::Remains::backfill);
        clean_remains("callback", store::Remains::callback);
        if (wants("task_log")) {
            add("task_log", executor::remove_old_logs(places_.logs, before_, options_.dry_run));
        }
        if (auto staged = clean_staged(); !staged) return std::unexpected(staged.error());
        if (wants("dag_run")) clean_runs();
        // What a run holds is free only when it has gone; a dry run can only say so.
        clean_remains("asset_event", store::Remains::asset_event);
        clean_remains("dag_version", store::Remains::dag_version);
        return lines_;
    }

    /// Of a dry run: rows that those runs hold would go as well.
    [[nodiscard]] bool frees_more() const { return frees_more_; }

  private:
    [[nodiscard]] bool wants(const std::string& table) const {
        return options_.tables.empty() ||
               std::ranges::find(options_.tables, table) != options_.tables.end();
    }
    void add(const char* table, std::size_t rows) {
        lines_.push_back({{"table", table}, {"removed", rows}});
    }

    void clean_remains(const char* table, store::Remains what) {
        if (!wants(table)) return;
        if (options_.dry_run) return add(table, store_.count_expired(what, before_));
        store::RemainsExpiry expiry{.what = what, .before = before_, .limit = batch};
        std::size_t total = 0;
        store::RemovedRemains gone{.removed = batch};
        while (gone.removed == batch) {
            gone = store_.delete_expired(expiry);
            expiry.after_id = gone.last_id;
            total += gone.removed;
        }
        add(table, total);
    }

    core::Result<void> clean_staged() {
        if (!wants("staged")) return {};
        const auto uri = database_uri(context_, "warehouse");
        // Without a default warehouse there is nothing to clean, unless somebody asks for just it.
        if (!uri && options_.tables.empty()) return {};
        if (!uri) return std::unexpected(uri.error());
        const auto dropped = warehouse::drop_staged_before(
            *uri, before_, store::active_runs(store_), options_.dry_run
        );
        if (!dropped) return std::unexpected(dropped.error());
        add("staged", static_cast<std::size_t>(*dropped));
        return {};
    }

    void clean_runs() {
        store::RunExpiry expiry{.before = before_, .keep_last = options_.keep_last};
        store::RunRows rows;
        if (options_.dry_run) {
            rows = store_.count_run_rows(store_.find_expired_runs(expiry));
            frees_more_ = rows.dag_run > 0 && (wants("asset_event") || wants("dag_version"));
        } else {
            expiry.limit = batch;
            rows = remove_runs(expiry);
        }
        add("dag_run", rows.dag_run);
        add("task_instance", rows.task_instance);
        add("task_attempt", rows.task_attempt);
        // Where XComs were asked for, those of the runs are counted there.
        if (!wants("xcom")) add("xcom", rows.xcom);
    }

    store::RunRows remove_runs(const store::RunExpiry& expiry) {
        store::RunRows total;
        for (auto runs = store_.find_expired_runs(expiry); !runs.empty();
             runs = store_.find_expired_runs(expiry)) {
            const store::RunRows rows = store_.delete_runs(runs);
            total.dag_run += rows.dag_run;
            total.task_instance += rows.task_instance;
            total.task_attempt += rows.task_attempt;
            total.xcom += rows.xcom;
            for (const auto& run : runs) {
                if (store_.get_run(run.dag_id, run.run_id)) continue;  // cleared meanwhile
                executor::remove_run_folders(places_, run.dag_id, run.run_id);
            }
        }
        return total;
    }

    Context& context_;
    store::RunStore& store_;
    const CleanOptions& options_;
    core::Timestamp before_;
    executor::Leftovers places_;
    bool frees_more_ = false;
    nlohmann::json lines_ = nlohmann::json::array();
};

core::Result<void> ask(Context& context, const CleanOptions& options, core::Timestamp before) {
    if (options.yes || options.dry_run) return {};
    const auto& tables = options.tables.empty() ? clean_tables() : options.tables;
    const auto sure = context.confirm(fmt::format(
        "Remove what is older than {} from {}?", core::format_iso(before), fmt::join(tables, ", ")
    ));
    if (!sure) return std::unexpected(sure.error());
    if (!*sure) return core::fail(core::Errc::conflict, "nothing was removed");
    return {};
}

}  // namespace

core::Result<int> clean_databases(Context& context, const CleanOptions& options) {
    const auto before = read_date(context, options.before, "--clean-before-timestamp");
    if (!before) return std::unexpected(before.error());
    const core::Timestamp at = before->value_or(core::Timestamp());
    if (auto sure = ask(context, options, at); !sure) return std::unexpected(sure.error());
    const auto uri = database_uri(context, "metadata");
    if (!uri) return std::unexpected(uri.error());
    if (store::migration_level(*uri) < static_cast<int>(store::all_migrations().size())) {
        return core::fail(
            core::Errc::conflict, "the database is not up to date", "`reel db migrate` brings it up"
        );
    }
    const auto config = context.config();
    if (!config) return std::unexpected(config.error());
    const auto store = store::make_postgres_store(*uri);
    Cleaning cleaning(context, **config, *store, options, at);
    const auto lines = cleaning.run();
    if (!lines) return std::unexpected(lines.error());
    context.out() << render(*lines, {"table", "removed"}, options.format);
    if (options.dry_run) context.err() << "nothing was removed: this was a dry run\n";
    if (cleaning.frees_more()) {
        context.err(
        ) << "asset_event and dag_version may lose more than that: what these runs hold "
             "is counted when they have gone\n";
    }
    return 0;
}

}  // namespace reel::cli
