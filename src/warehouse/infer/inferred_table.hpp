#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "warehouse/args.hpp"
#include "warehouse/infer/column_choice.hpp"

namespace reel::warehouse {

struct InferredColumn {
    std::string name;  ///< in the table; facts.name is the header's
    ColumnFacts facts;
    ColumnChoice choice;
};

/// What became of the file's records.
struct ReadFacts {
    std::uint64_t records = 0;
    std::uint64_t problems = 0;  ///< records that cannot be read
    std::uint64_t bytes = 0;
    std::string first_problem;
    std::uint64_t first_problem_line = 0;
};

/// The key and what is known of it.
struct InferredKey {
    std::vector<std::string> columns;  ///< names in the table; empty: there is none
    bool is_asked_for = false;         ///< or found
    std::uint64_t nulls = 0;           ///< records without a part of it
    std::uint64_t repeats = 0;         ///< records whose key came before
    bool is_exact = true;              ///< false: perhaps more repeats
};

/// A file's one table: all that goes into the spec.
struct InferredTable {
    Json source;          ///< of the stage task
    std::string name;     ///< of the staged table
    std::string into;     ///< "schema.table"
    std::string mode;     ///< empty: by the key
    std::string rejects;  ///< empty: none
    ReadFacts read;
    InferredKey key;
    std::vector<InferredColumn> columns;
};

[[nodiscard]] Json stage_args(const InferredTable& table);
/// `stage_task` is what the staged table's task is called.
[[nodiscard]] Json upsert_args(const InferredTable& table, const std::string& stage_task);
/// {"type": …, "from": …} as a stage task's column; "from" only where the names differ.
[[nodiscard]] Json column_args(const InferredColumn& column);
/// The facts and the choice as InferredLoad::columns has them.
[[nodiscard]] Json evidence_of(const InferredTable& table);

}  // namespace reel::warehouse
