#pragma once

#include "commit_plan.hpp"
#include "last_of_each.hpp"
#include "reel/postgres/database.hpp"
#include "reel/postgres/link.hpp"

namespace reel::store {

/// What stores the assets that the DAGs name for the first time or in new words, and where they
/// name them now. The DAGs are stored before, each once.
[[nodiscard]] std::vector<postgres::Statement> write_assets(
    const DagRefs& dags, core::Timestamp at
);

// What a commit writes about assets where nothing is in its way.

extern const char* const insert_aliased_assets;   ///< alias_columns
extern const char* const insert_resolutions;      ///< alias_columns
extern const char* const insert_asset_events;     ///< asset_event_columns; returns a row for each
extern const char* const insert_queued_events;    ///< queued_columns
extern const char* const delete_queued_events;    ///< two columns; returns a row for each
extern const char* const insert_consumed_events;  ///< consumed_columns
[[nodiscard]] postgres::Params asset_event_columns(const std::vector<NewAssetEvent>& events);
/// Aliases, the URIs that got them, and when.
[[nodiscard]] postgres::Params alias_columns(const std::vector<NewAssetEvent>& events);
[[nodiscard]] bool any_aliased(const std::vector<NewAssetEvent>& events);
/// DAGs and events.
[[nodiscard]] postgres::Params queued_columns(const std::vector<NewAssetEvent>& events);
[[nodiscard]] postgres::Params dropped_columns(const std::vector<DroppedEvent>& dropped);
/// DAGs, events and runs.
[[nodiscard]] postgres::Params consumed_columns(const std::vector<const NewRun*>& runs);

/// Events that are not stored yet, and their places in the queues. Throws Refused.
void write_asset_events(
    postgres::Transaction& transaction, const std::vector<NewAssetEvent>& events
);

/// Moves what new runs consume from the queue to them. Throws Refused when an event is not queued.
void consume_asset_events(
    postgres::Transaction& transaction, const std::vector<const NewRun*>& runs
);

}  // namespace reel::store
