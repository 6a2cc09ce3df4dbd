#include "catalog.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/this_coro.hpp>
#include <limits>
#include <set>

#include "reel/dagfile/watcher.hpp"
#include "reel/postgres/error.hpp"

namespace reel::daemon {

namespace asio = boost::asio;

namespace {

store::ImportErrorRecord to_record(
    const std::string& filename,
    const std::vector<dagfile::Diagnostic>& diagnostics,
    core::Timestamp now
) {
    store::ImportErrorRecord record{.id = 0, .filename = filename, .at = now, .stack_trace = {}};
    for (const auto& diagnostic : diagnostics) {
        record.stack_trace += (record.stack_trace.empty() ? "" : "\n") + diagnostic.describe();
    }
    return record;
}

}  // namespace

CatalogState merge_catalog(
    const std::map<std::string, dagfile::LoadedFile>& files,
    const std::vector<core::Dag>& before,
    core::Timestamp now
) {
    CatalogState state;
    std::set<core::DagId> present;
    for (const auto& [path, file] : files) {
        for (const auto& dag : file.dags) {
            present.insert(dag.dag_id);
            state.dags.push_back(dag);
        }
        if (!file.diagnostics.empty()) {
            state.errors.push_back(to_record(path, file.diagnostics, now));
        }
    }
    for (const auto& dag : before) {
        const auto file = files.find(dag.relative_fileloc);
        const bool broken = file != files.end() && !file->second.diagnostics.empty();
        if (broken && !present.contains(dag.dag_id)) state.dags.push_back(dag);
    }
    return state;
}

asio::awaitable<void> Catalog::save_errors(std::vector<store::ImportErrorRecord> errors) {
    for (const auto& error : errors) {
        spdlog::warn("cannot load file={}\n{}", error.filename, error.stack_trace);
    }
    try {
        co_await parts_.pool.run([this, &errors] { parts_.store.save_import_errors(errors); });
    } catch (const postgres::DatabaseError& error) {
        spdlog::warn("import errors were not stored: {}", error.what());
    }
}

asio::awaitable<void> Catalog::refresh() {
    options_.now = parts_.clock.now();
    const auto files =
        co_await parts_.pool.run([this] { return dagfile::load_dag_folder(folder_, options_); });
    if (!read_before_) {
        const auto stored = co_await parts_.pool.run([this] {
            store::DagFilter all;
            all.page.limit = std::numeric_limits<int>::max();
            return parts_.store.list_dags(all).items;
        });
        for (const auto& record : stored) known_.push_back(record.dag);
        read_before_ = true;
    }
    auto state = merge_catalog(files, known_, parts_.clock.now());
    known_ = state.dags;
    co_await save_errors(std::move(state.errors));
    co_await parts_.scheduler.set_dags(std::move(state.dags));
}

asio::awaitable<void> Catalog::watch() {
    dagfile::FolderWatcher watcher(parts_.executor, folder_);
    while ((co_await asio::this_coro::cancellation_state).cancelled() ==
           asio::cancellation_type::none) {
        co_await refresh();
        co_await watcher.changed();
    }
}

}  // namespace reel::daemon
