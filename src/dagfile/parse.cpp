#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "asset_file.hpp"
#include "dag_builder.hpp"
#include "dag_shapes.hpp"
#include "foreign_file.hpp"
#include "merge.hpp"
#include "shape_check.hpp"
#include "timetable_block.hpp"
#include "yaml_reader.hpp"

namespace reel::dagfile {
namespace {

constexpr std::string_view defaults_key = "default";

/// A block of defaults may lack anything; what it says must be right.
void check_defaults(const Node& defaults, const std::string& owner, Diagnostics& diagnostics) {
    check_present(defaults, dag_shape(), {owner}, diagnostics);
    if (const Node* args = defaults.find_value("default_args")) {
        check_present(
            *args, dag_default_args_shape(), {fmt::format("default_args of {}", owner)}, diagnostics
        );
    }
}

/// Whose DAG a place in the file is; "" outside of all, and in the file's defaults.
std::string find_owner(const Node& root, const core::SourcePosition& at) {
    std::string owner;
    for (const Entry& entry : root.entries) {
        const bool is_before =
            entry.at.line < at.line || (entry.at.line == at.line && entry.at.column <= at.column);
        if (entry.at.file == at.file && is_before) {
            owner = entry.key == defaults_key ? "" : entry.key;
        }
    }
    return owner;
}

/// What a block of defaults says was checked with the block, not once more with each DAG. Its tasks
/// and groups are but halves of tasks: they are checked when they are whole.
void mark_checked(Node& defaults) {
    for (Entry& entry : defaults.entries) {
        entry.value.inherited = entry.key != "tasks" && entry.key != "task_groups";
        if (entry.key == "default_args") {
            for (Entry& arg : entry.value.entries) {
                arg.value.inherited = true;
            }
        }
    }
}

class FileParser final {
  public:
    FileParser(const DagFileText& file, const LoadOptions& options)
        : file_(file), options_(options) {}

    LoadedFile parse() {
        const std::optional<Node> root = read_yaml(file_.text, file_.relative_path, diagnostics_);
        if (root && root->is_map() && (holds_checks(*root) || holds_assets(*root))) {
            return {};
        }
        if (root && root->is_map()) {
            diagnostics_.assign([&](const core::SourcePosition& at) {
                return find_owner(*root, at);
            });
            build_all(*root);
        } else if (root && !root->is_null()) {
            diagnostics_.add(
                root->at,
                "a DAG file must be a map of DAGs",
                "begin it with the DAG's name: 'my_dag:'"
            );
        }
        result_.diagnostics = diagnostics_.take(file_.relative_path);
        return std::move(result_);
    }

  private:
    void build_all(const Node& root) {
        const Node base = read_defaults(root);
        std::vector<core::Dag> built;
        for (const Entry& entry : root.entries) {
            if (entry.key != defaults_key) {
                build_one(entry, base, built);
            }
        }
        for (core::Dag& dag : built) {
            if (!diagnostics_.concern(dag.dag_id.str())) {
                result_.dags.push_back(std::move(dag));
            }
        }
    }

    /// The file's own block over the nearest defaults file, over those further out.
    Node read_defaults(const Node& root) {
        Node base{.kind = NodeKind::map};
        for (const DefaultsFile& defaults : file_.defaults) {
            std::optional<Node> outer = read_yaml(defaults.text, defaults.path, diagnostics_);
            if (outer && !outer->is_null()) {
                add_defaults(*std::move(outer), defaults.path, base);
            }
        }
        if (const Node* own = root.find_value(defaults_key)) {
            add_defaults(*own, "'default'", base);
        }
        return base;
    }

    void add_defaults(Node defaults, const std::string& owner, Node& base) {
        name_all_members(defaults, diagnostics_);
        check_defaults(defaults, owner, diagnostics_);
        mark_checked(defaults);
        if (defaults.is_map()) {
            base = merge_defaults(std::move(defaults), base);
        }
    }

    void build_one(const Entry& entry, const Node& base, std::vector<core::Dag>& built) {
        diagnostics_.set_dag(entry.key);
        if (entry.value.is_map()) {
            Entry merged = entry;
            name_all_members(merged.value, diagnostics_);
            merged.value = merge_defaults(std::move(merged.value), base);
            read_timetable_block(merged, diagnostics_);
            std::ranges::move(
                read_asset_files(merged, file_, diagnostics_), std::back_inserter(result_.beside)
            );
            built.push_back(build_dag(merged, file_, options_, diagnostics_));
        } else {
            diagnostics_.add(
                entry.value.at,
                fmt::format(
                    "DAG '{}' must be a map, not {}", entry.key, describe_value(entry.value)
                ),
                "the top level of a DAG file names its DAGs; all of a DAG stands below its id"
            );
        }
        diagnostics_.set_dag("");
    }

    const DagFileText& file_;
    const LoadOptions& options_;
    Diagnostics diagnostics_;
    LoadedFile result_;
};

}  // namespace

LoadedFile parse_dag_file(const DagFileText& file, const LoadOptions& options) {
    return FileParser(file, options).parse();
}

LoadedFile parse_dag_file(
    std::string_view text,
    const std::string& path,
    const std::string& relative_path,
    const std::vector<DefaultsFile>& defaults
) {
    return parse_dag_file(
        DagFileText{
            .text = text, .path = path, .relative_path = relative_path, .defaults = defaults
        },
        LoadOptions{}
    );
}

}  // namespace reel::dagfile
