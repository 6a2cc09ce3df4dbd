#include "catalog.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <set>
#include <utility>

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

bool has_mistakes(const dagfile::LoadedFiles& files) {
    return std::ranges::any_of(files, [](const auto& entry) {
        return !entry.second->diagnostics.empty();
    });
}

}  // namespace

CatalogState merge_catalog(
    const dagfile::LoadedFiles& files, const scheduler::Dags& before, core::Timestamp now
) {
    CatalogState state;
    for (const auto& [path, file] : files) {
        for (const auto& dag : file->dags) state.dags.emplace_back(file, &dag);
        if (!file->diagnostics.empty()) {
            state.errors.push_back(to_record(path, file->diagnostics, now));
        }
    }
    if (state.errors.empty()) return state;
    std::set<core::DagId> present;
    for (const auto& dag : state.dags) present.insert(dag->dag_id);
    for (const auto& dag : before) {
        const auto file = files.find(dag->relative_fileloc);
        const bool broken = file != files.end() && !file->second->diagnostics.empty();
        if (broken && !present.contains(dag->dag_id)) state.dags.push_back(dag);
    }
    return state;
}

/// Those that are as they were are neither told nor stored again.
asio::awaitable<void> Catalog::save_errors(std::vector<store::ImportErrorRecord> errors) {
    std::map<std::string, std::string> by_file;
    for (const auto& error : errors) {
        by_file[error.filename] = error.stack_trace;
        const auto before = errors_.find(error.filename);
        if (before == errors_.end() || before->second != error.stack_trace) {
            spdlog::warn("cannot load file={}\n{}", error.filename, error.stack_trace);
        }
    }
    errors_are_stored_ = errors_are_stored_ && errors_ == by_file;
    errors_ = std::move(by_file);
    if (errors_are_stored_) co_return;
    try {
        co_await parts_.pool.run([this, &errors] { parts_.store.save_import_errors(errors); });
        errors_are_stored_ = true;
    } catch (const postgres::DatabaseError& error) {
        spdlog::warn("import errors were not stored: {}", error.what());
    }
}

/// What the last server knew stays in service where its file has a mistake now.
asio::awaitable<void> Catalog::read_stored() {
    auto stored = co_await parts_.pool.run([this] {
        store::DagFilter all;
        all.page = store::whole_list;
        return parts_.store.list_dags(all).items;
    });
    for (auto& record : stored) {
        known_.push_back(std::make_shared<const core::Dag>(std::move(record.dag)));
    }
}

asio::awaitable<void> Catalog::refresh(dagfile::FolderChanges changes) {
    const core::Timestamp now = parts_.clock.now();
    const auto files = co_await parts_.pool.run([this, now, changes = std::move(changes)] {
        return reader_.read(now, changes);
    });
    const bool is_first = !std::exchange(read_before_, true);
    if (is_first && has_mistakes(files)) co_await read_stored();
    auto state = merge_catalog(files, known_, now);
    known_ = state.dags;
    co_await save_errors(std::move(state.errors));
    co_await parts_.scheduler.set_dags(std::move(state.dags));
}

asio::awaitable<void> Catalog::watch() {
    dagfile::FolderWatcher watcher(parts_.executor, folder_);
    dagfile::FolderChanges changes{.may_be_any = true, .files = {}};
    while ((co_await asio::this_coro::cancellation_state).cancelled() ==
           asio::cancellation_type::none) {
        co_await refresh(std::move(changes));
        changes = co_await watcher.changed();
    }
}

}  // namespace reel::daemon
