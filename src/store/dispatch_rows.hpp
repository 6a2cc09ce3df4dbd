#pragma once

#include "reel/store/dispatch_store.hpp"
#include "row_reading.hpp"

/// From rows to what the dispatch store gives; the select lists are those of
/// postgres_dispatches.cpp.
namespace reel::store {

[[nodiscard]] DispatchOffer read_offer(const postgres::Rows& rows, std::size_t row);
[[nodiscard]] DispatchNews read_news_of(const postgres::Rows& rows, std::size_t row);
[[nodiscard]] DispatchRecord read_dispatch(const postgres::Rows& rows, std::size_t row);
[[nodiscard]] WorkerRecord read_worker(const postgres::Rows& rows, std::size_t row);

}  // namespace reel::store
