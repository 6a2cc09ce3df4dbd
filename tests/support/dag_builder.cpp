#include "support/dag_builder.hpp"

#include <cstdint>

namespace reel::support {

DagBuilder::DagBuilder(const std::string& dag_id) {
    dag_.dag_id = core::DagId(dag_id);
    dag_.display_name = dag_id;
    dag_.params.text = "{}";
    dag_.default_args.text = "{}";
    dag_.version = std::string(64, '0');
    dag_.fileloc = "/dags/" + dag_id + ".yaml";
    dag_.relative_fileloc = dag_id + ".yaml";
}

DagBuilder& DagBuilder::task(
    const std::string& id,
    const std::vector<std::string>& upstream,
    const std::function<void(core::Task&)>& change
) {
    core::Task task;
    task.task_id = core::TaskId(id);
    task.display_name = id;
    task.operator_name = "bash";
    task.args.text = R"({"bash_command":"true"})";
    const auto self = static_cast<std::uint32_t>(dag_.tasks.size());
    for (const auto& name : upstream) {
        const auto up = dag_.index_of(core::TaskId(name)).value();
        task.upstream.push_back(up);
        dag_.tasks[up].downstream.push_back(self);
    }
    if (change) change(task);
    dag_.tasks.push_back(std::move(task));
    return *this;
}

DagBuilder& DagBuilder::with(const std::function<void(core::Dag&)>& change) {
    change(dag_);
    return *this;
}

}  // namespace reel::support
