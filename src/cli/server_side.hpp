#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "output.hpp"
#include "reel/cli/app.hpp"

namespace reel::cli {

class Context;

/// `db clean`.
struct CleanOptions {
    std::string before;               ///< a date as people write it
    std::vector<std::string> tables;  ///< empty: all
    bool dry_run = false;
    bool keep_last = false;
    bool yes = false;
    Format format = Format::table;
};

/// What `db clean -t` knows.
[[nodiscard]] const std::vector<std::string>& clean_tables();

/// `jobs check`.
struct JobsOptions {
    std::string job_type = "SchedulerJob";
    std::string hostname;  ///< empty: any
};

/// `dags validate`.
struct ValidateOptions {
    std::vector<std::string> paths;  ///< empty: the DAG folder
    Format format = Format::plain;
};

/// `load` and its verbs.
struct LoadOptions {
    std::string file;   ///< empty: the spec's
    std::string table;  ///< "schema.table"; empty: the spec's, or after the file
    std::vector<std::string> key;
    std::string mode;
    std::string spec;  ///< empty: made of the file
    std::string rejects;
    std::string memory_limit;  ///< "256MB"; empty: none
    std::string connection = "warehouse";
    std::string source_format;  ///< empty: by the file's name
    std::string encoding;
    std::string delimiter;
    std::string quote;
    bool no_header = false;
    Format format = Format::table;
    bool wants_evidence = false;  ///< of `infer`: in the format, instead of the spec
};

/// `quarantine`.
struct QuarantineOptions {
    std::string dag_id;
    std::string run_id;
    std::string task_id;
    std::string table;
    std::string file;
    std::string rule;
    bool replayed = false;  ///< of `list` and `show`: those that were
    std::size_t limit = 100;
    std::string connection = "warehouse";
    Format format = Format::table;
};

/// The DAG of every `reel load`, whose runs have nothing else in common.
constexpr std::string_view load_dag_id = "reel-load";

/// `quarantine replay`.
struct ReplayOptions {
    QuarantineOptions chosen;
    std::string spec;  ///< empty: the DAG's tasks
    std::string conf;  ///< JSON object of params; empty: as the DAG declares them
    std::vector<std::string> columns;
    bool dry_run = false;

    /// Else they are of one load by hand, which its run tells.
    [[nodiscard]] bool are_of_dag() const {
        return !chosen.dag_id.empty() && chosen.dag_id != load_dag_id;
    }
};

/// `quarantine edit`.
struct EditOptions {
    std::int64_t id = 0;
    std::string text;
    std::string connection = "warehouse";
};

/// What reel-server alone can do: it has the databases, the readers of DAG files and the rest of
/// the program. Its verbs are declared in `reel`, too, which hands its line over for them.
struct ServerSide {
    const ServerCommands& commands;
    core::Result<int> (*migrate)(Context&);
    core::Result<int> (*check)(Context&);
    core::Result<int> (*reset)(Context&, bool yes);
    core::Result<int> (*url)(Context&, const std::string& database);
    core::Result<int> (*shell)(Context&, const std::string& database);
    core::Result<int> (*clean)(Context&, const CleanOptions&);
    core::Result<int> (*check_jobs)(Context&, const JobsOptions&);
    /// Prints every mistake of the DAG files and a summary; 1 where there is one.
    core::Result<int> (*validate)(Context&, const ValidateOptions&);
    /// Prints the spec of a load that takes the whole file.
    core::Result<int> (*infer)(Context&, const LoadOptions&);
    core::Result<int> (*load)(Context&, const LoadOptions&);
    core::Result<int> (*explain)(Context&, const LoadOptions&);
    core::Result<int> (*list_rejects)(Context&, const QuarantineOptions&);
    core::Result<int> (*show_rejects)(Context&, const QuarantineOptions&);
    core::Result<int> (*replay_rejects)(Context&, const ReplayOptions&);
    core::Result<int> (*edit_reject)(Context&, const EditOptions&);
};

/// Of reel-server; `commands` is kept.
[[nodiscard]] ServerSide server_side(const ServerCommands& commands);

}  // namespace reel::cli
