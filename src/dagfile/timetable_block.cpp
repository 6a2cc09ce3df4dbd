#include "timetable_block.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "asset_shapes.hpp"
#include "shape_check.hpp"
#include "timetable_shapes.hpp"

namespace reel::dagfile {
namespace {

std::string known_classes() {
    std::vector<std::string> names;
    for (const TimetableClass& known : timetable_classes()) {
        names.push_back(known.name);
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

/// The `schedule` that stands for it; nullopt where there is none, and it was said why.
std::optional<Node> schedule_of(
    const Entry& block, const Subject& subject, Diagnostics& diagnostics
) {
    const Node* callable = block.value.find_value("callable");
    if (callable == nullptr) {
        diagnostics.add(
            block.at,
            fmt::format("{} must be {{callable: …, params: …}}", subject.describe()),
            "write 'schedule'"
        );
        return std::nullopt;
    }
    Diagnostics of_shape;
    check_shape(block.value, *timetable_block_shape(), subject, of_shape);
    if (!of_shape.empty()) {
        check_shape(block.value, *timetable_block_shape(), subject, diagnostics);
        return std::nullopt;
    }
    const bool is_of_assets = is_asset_class(callable->text, "OrTimeSchedule");
    if (find_timetable_class(callable->text) == nullptr && !is_of_assets) {
        diagnostics.add(
            callable->at,
            fmt::format(
                "{} is '{}', which is not supported",
                subject.below("callable").describe(),
                callable->text
            ),
            fmt::format(
                "of Airflow's there are {}; moments that only code knows may be listed: "
                "schedule: {{at: […]}}",
                known_classes()
            )
        );
        return std::nullopt;
    }
    Node schedule{.kind = NodeKind::map, .at = block.value.at};
    schedule.entries.push_back({"__type__", callable->at, *callable});
    if (const Node* params = block.value.find_value("params")) {
        std::ranges::copy(params->entries, std::back_inserter(schedule.entries));
    }
    return schedule;
}

}  // namespace

ShapePtr timetable_block_shape() {
    static const ShapePtr shape = object(
        {required("callable", text(), "one of Airflow's timetable classes, by its dotted path"),
         optional("params", map_of(any_value()), "its arguments, by name")},
        "timetable_block"
    );
    return shape;
}

void read_timetable_block(Entry& dag, Diagnostics& diagnostics) {
    const auto found = std::ranges::find(dag.value.entries, "timetable", &Entry::key);
    if (found == dag.value.entries.end()) {
        return;
    }
    const Entry block = std::move(*found);
    dag.value.entries.erase(found);
    const Subject subject = Subject{fmt::format("DAG '{}'", dag.key)}.below("timetable");
    if (block.value.is_null()) {
        return;
    }
    // A schedule of the defaults gives way, and so does a timetable of the defaults.
    const Node* schedule = dag.value.find_value("schedule");
    if (schedule != nullptr && block.value.inherited && !schedule->inherited) {
        return;
    }
    if (schedule != nullptr && (block.value.inherited || !schedule->inherited)) {
        diagnostics.add(
            block.at,
            fmt::format("{} stands beside 'schedule'", subject.describe()),
            "keep 'schedule', which says all that a timetable can"
        );
        return;
    }
    std::erase_if(dag.value.entries, [](const Entry& entry) { return entry.key == "schedule"; });
    if (auto said = schedule_of(block, subject, diagnostics)) {
        dag.value.entries.push_back({"schedule", block.at, *std::move(said)});
    }
}

}  // namespace reel::dagfile
