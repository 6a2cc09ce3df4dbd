#include "fuzz/targets.hpp"
#include "reel/dagfile/load.hpp"
#include "reel/store/dag_json.hpp"

namespace reel::fuzz {

void dagfile(std::string_view input) {
    const dagfile::LoadOptions options{.now = core::Timestamp(core::Duration(0))};
    const auto loaded = dagfile::parse_dag_file(
        {.text = input, .path = "/dags/a.yaml", .relative_path = "a.yaml", .defaults = {}}, options
    );
    for (const auto& diagnostic : loaded.diagnostics) {
        demand(!diagnostic.message.empty(), "a mistake without a word");
        demand(diagnostic.at.line > 0, "a mistake without a line");
    }
    for (const core::Dag& dag : loaded.dags) {
        const auto again = store::dag_from_json(store::dag_to_json(dag));
        demand(again.has_value(), "a DAG cannot be stored");
        demand(*again == dag, "a DAG comes back as another one");
    }
}

}  // namespace reel::fuzz
