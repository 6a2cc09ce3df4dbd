#pragma once

#include <optional>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/store/callback_records.hpp"
#include "reel/store/listing.hpp"

namespace reel::store {

struct CallbackFilter {
    std::optional<core::DagId> dag_id;
    std::optional<core::RunId> run_id;
    std::optional<core::TaskId> task_id;  ///< empty id: what runs themselves call
    std::vector<core::CallbackEvent> events;
    std::vector<CallbackState> states;
    Page page;
    bool descending = false;  ///< ordered by id, which is the order in which they became due
};

/// The part of the store that is about callbacks; see RunStore. New ones come with a commit.
class CallbackStore {
  public:
    virtual ~CallbackStore() = default;
    /// The largest id that was ever given out and is still there; 0: none.
    virtual std::int64_t last_callback_id() = 0;
    /// Pending ones whose time has come, the longest due first.
    virtual std::vector<CallbackRecord> due_callbacks(core::Timestamp now, std::size_t limit) = 0;
    /// When the next pending one is due, be it over; empty: there is none.
    virtual std::optional<core::Timestamp> next_callback_due() = 0;
    /// What became of a try: state, tries, next_try_at, ended_at and error. One that is gone stays
    /// so.
    virtual void update_callback(const CallbackRecord& callback) = 0;
    virtual Listing<CallbackRecord> list_callbacks(const CallbackFilter& filter) = 0;
};

}  // namespace reel::store
