#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reel/warehouse/load.hpp"
#include "warehouse/args.hpp"

namespace reel::warehouse {

/// A plan whose arguments are still JSON.
struct LoadDraft {
    std::string stage_task = "stage";
    Json stage = Json::object();
    std::vector<Json> upserts;
};

/// The tasks of a list of them, of a DAG, or of a file with one DAG, each with its task_id; else
/// null.
[[nodiscard]] Json find_tasks(const Json& document);
/// What a task is asked to do, without what is about the task itself.
[[nodiscard]] Json arguments_of(const Json& task);
/// Of `source` and `tables`, or of `source` and the one table's keys beside it.
[[nodiscard]] LoadDraft draft_of_map(const Json& document);
/// The text of a scalar under a key; empty where there is none.
[[nodiscard]] std::string text_at(const Json& object, std::string_view key);

/// The pure part of read_load_spec: `document` is the file's content. All mistakes in one error.
[[nodiscard]] core::Result<LoadPlan> parse_load_spec(
    const Json& document, const LoadWishes& wishes
);

}  // namespace reel::warehouse
