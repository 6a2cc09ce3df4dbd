#pragma once

#include <vector>

#include "reel/postgres/database.hpp"
#include "reel/store/run_store.hpp"

namespace reel::store {

// Within a commit. Callbacks that are there stay as they are.
extern const char* const insert_callbacks;
inline constexpr int insert_callbacks_params = 17;
[[nodiscard]] postgres::Params callback_columns(const std::vector<CallbackRecord>& callbacks);

/// Those of DAGs that are no more are left out.
void write_standings(postgres::Transaction& transaction, const std::vector<DagStanding>& standings);

}  // namespace reel::store
