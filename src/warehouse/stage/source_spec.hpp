#pragma once

#include <string>
#include <vector>

#include "warehouse/args.hpp"
#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

/// The `source` of the arguments: where the files are and how they are read. Gives the texts that
/// mean NULL in every column.
[[nodiscard]] std::vector<std::string> parse_source(
    ArgReader& args, Mistakes& mistakes, StageSpec& spec
);

/// What the source says about the columns of the tables, when these are known: further texts that
/// mean NULL, where the columns of a file without header get their names from, whether each has a
/// width.
void apply_to_columns(
    StageSpec& spec, const std::vector<std::string>& null_values, Mistakes& mistakes
);

}  // namespace reel::warehouse
