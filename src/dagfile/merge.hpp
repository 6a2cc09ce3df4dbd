#pragma once

#include <string>

#include "diagnostics.hpp"
#include "reel/dagfile/node.hpp"

namespace reel::dagfile {

/// What `own` lacks is taken from `base`; maps in both are merged, anything else is `own`'s. Maps
/// that stand for one value (`__type__`) are not mixed.
[[nodiscard]] Node merge_defaults(Node own, const Node& base);

/// A list of maps that name themselves ([{task_id: a, …}]) as the map that it stands for
/// ({a: {task_id: a, …}}), so that one reader and one merge do for both forms. A name that comes
/// twice is reported, and both its members stay, for what they say is checked as well.
struct MemberList {
    std::string key;   ///< "tasks"
    std::string id;    ///< "task_id"
    std::string noun;  ///< "task"
};
void name_members(Node& owner, const MemberList& list, Diagnostics& diagnostics);

/// `tasks` and `task_groups` of a DAG or of a block of defaults.
void name_all_members(Node& dag, Diagnostics& diagnostics);

}  // namespace reel::dagfile
