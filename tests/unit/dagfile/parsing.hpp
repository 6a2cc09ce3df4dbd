#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "reel/dagfile/load.hpp"

namespace reel::dagfile {

/// 2024-05-17T13:00Z: what relative dates count from in these tests.
inline LoadOptions test_options() {
    LoadOptions options;
    options.now = std::chrono::sys_days(std::chrono::year(2024) / 5 / 17) + std::chrono::hours(13);
    return options;
}

inline LoadedFile parse(std::string_view text, std::vector<DefaultsFile> defaults = {}) {
    return parse_dag_file(
        DagFileText{
            .text = text,
            .path = "/dags/test.yaml",
            .relative_path = "test.yaml",
            .defaults = std::move(defaults)
        },
        test_options()
    );
}

/// "3:5 message", one for each diagnostic.
inline std::vector<std::string> mistakes_of(const LoadedFile& file) {
    std::vector<std::string> lines;
    for (const Diagnostic& diagnostic : file.diagnostics) {
        lines.push_back(
            std::to_string(diagnostic.at.line) + ":" + std::to_string(diagnostic.at.column) + " " +
            diagnostic.message
        );
    }
    return lines;
}

inline std::vector<std::string> mistakes_in(std::string_view text) {
    return mistakes_of(parse(text));
}

/// The only DAG of a file that must have no mistake.
inline core::Dag parse_one(std::string_view text, std::vector<DefaultsFile> defaults = {}) {
    LoadedFile file = parse(text, std::move(defaults));
    for (const Diagnostic& diagnostic : file.diagnostics) {
        ADD_FAILURE() << diagnostic.describe();
    }
    if (file.dags.size() != 1) {
        ADD_FAILURE() << file.dags.size() << " DAGs instead of one";
        return {};
    }
    return std::move(file.dags.front());
}

inline const core::Task& task_of(const core::Dag& dag, const char* id) {
    const core::Task* task = dag.find_task(core::TaskId(id));
    if (task == nullptr) {
        ADD_FAILURE() << "no task " << id;
        static const core::Task none;
        return none;
    }
    return *task;
}

inline std::vector<std::string> upstreams_of(const core::Dag& dag, const char* id) {
    std::vector<std::string> names;
    for (const std::uint32_t upstream : task_of(dag, id).upstream) {
        names.push_back(dag.tasks[upstream].task_id.str());
    }
    return names;
}

inline nlohmann::json args_of(const core::Dag& dag, const char* id) {
    return nlohmann::json::parse(task_of(dag, id).args.text);
}

/// A DAG with one bash task that says `lines` (each indented by four blanks).
inline std::string bash_task(const std::string& lines) {
    return "d:\n  tasks:\n  - task_id: a\n    operator: bash\n    bash_command: echo\n" + lines;
}

}  // namespace reel::dagfile
