#pragma once

#include "commit_plan.hpp"
#include "reel/postgres/database.hpp"

namespace reel::store {

/// Assets that the DAGs name for the first time or in new words, and where they name them now. The
/// DAGs are stored, each once.
void write_assets(
    postgres::Transaction& transaction, const std::vector<core::Dag>& dags, core::Timestamp at
);

/// Events that are not stored yet, and their places in the queues. Throws Refused.
void write_asset_events(
    postgres::Transaction& transaction, const std::vector<NewAssetEvent>& events
);

/// Moves what new runs consume from the queue to them. Throws Refused when an event is not queued.
void consume_asset_events(
    postgres::Transaction& transaction, const std::vector<const NewRun*>& runs
);

void drop_queued_events(
    postgres::Transaction& transaction, const std::vector<DroppedEvent>& dropped
);

}  // namespace reel::store
