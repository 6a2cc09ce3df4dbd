#pragma once

#include <string>
#include <vector>

#include "reel/core/dag.hpp"
#include "reel/core/result.hpp"
#include "reel/store/records.hpp"

namespace reel::scheduler {

/// An asset that a task has named in its output.
struct OutputAsset {
    std::string uri;
    core::JsonText extra{"{}"};  ///< object, of the event
    std::vector<std::string> aliases;
    bool operator==(const OutputAsset&) const = default;
};
using OutputAssets = std::vector<OutputAsset>;

/// The assets that stand for a task's outlet aliases: its return value is a URI, a map of `uri` and
/// `extra`, or a list of such; with several aliases a map of alias → such a value. None without
/// aliases and where nothing was pushed. An error says what is wrong with the value.
[[nodiscard]] core::Result<OutputAssets> named_assets(
    const core::Task& task, const std::vector<store::XComRecord>& xcoms
);

}  // namespace reel::scheduler
