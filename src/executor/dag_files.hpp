#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "reel/core/dag.hpp"
#include "reel/core/result.hpp"

namespace reel::executor {

/// The folder of the DAG's file.
[[nodiscard]] std::filesystem::path dag_directory(const core::Dag& dag);

/// Where a file that a DAG names is looked for: beside the DAG file, then in each folder above it
/// up to the one that holds the DAG folder.
[[nodiscard]] std::vector<std::filesystem::path> search_path(const core::Dag& dag);

/// The first of them that has the file; an absolute name is taken as it is. The error lists the
/// places that were looked at.
[[nodiscard]] core::Result<std::filesystem::path> find_file(
    const core::Dag& dag, const std::string& name
);

/// A whole text file.
[[nodiscard]] core::Result<std::string> read_text(const std::filesystem::path& path);

}  // namespace reel::executor
