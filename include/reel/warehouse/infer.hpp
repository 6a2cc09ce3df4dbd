#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "reel/warehouse/load.hpp"

namespace reel::warehouse {

struct InferRequest {
    core::JsonText source;            ///< `source` of a stage task: {"path", "format", …}
    std::filesystem::path data_dir;   ///< relative paths are below it
    std::filesystem::path fetch_dir;  ///< as OperationContext's, and the next one
    std::filesystem::path cache_dir;
    std::string into;              ///< "schema.table"; empty: public, and the file's name
    std::vector<std::string> key;  ///< names of the header or of columns; empty: finds one
    std::string mode;              ///< of `upsert`; empty: by the key
    std::string rejects;           ///< rejects.max; empty: what will be rejected, and no more
    std::function<void(const std::string&)> progress = {};  ///< as OperationContext's
    std::uint64_t memory_limit = 0;
};

struct InferredLoad {
    LoadPlan plan;
    std::string yaml;        ///< the plan as a DAG file, with the evidence as comments
    core::JsonText columns;  ///< array of {"column","from","type","not_null","nulls","distinct",
                             ///< "is_distinct_exact","bytes","unique","examples","reason","notes"}
};

/// Reads the whole file as `stage` does and gives each column the type that takes all its values
/// as they are written. Memory does not depend on the file. `log` gets a line now and then. Errors:
/// those of reading, a key that is no column, an open quote at the file's end.
[[nodiscard]] core::Result<InferredLoad> infer_load(
    const InferRequest& request, const std::function<void(const std::string&)>& log
);

}  // namespace reel::warehouse
