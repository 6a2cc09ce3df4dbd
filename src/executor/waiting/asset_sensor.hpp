#pragma once

#include "wait.hpp"

namespace reel::executor {

/// An asset, and from when on its events count.
struct AssetWish {
    std::string uri;
    core::Timestamp after;
};

/// From rendered arguments. Without `after` events count from the start of the run's data interval.
[[nodiscard]] core::Result<AssetWish> parse_asset_wish(
    const scheduler::AttemptOrder& order, const Json& args
);

/// Met by an event of that moment or later; it is pushed as the return value.
[[nodiscard]] Poke judge_asset(const AssetWish& wish, const store::StateAnswer& answer);

[[nodiscard]] AskStore ask_for_asset(AssetWish wish);

}  // namespace reel::executor
