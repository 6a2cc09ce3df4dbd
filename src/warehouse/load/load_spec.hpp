#pragma once

#include <string>

#include "reel/warehouse/load.hpp"
#include "warehouse/args.hpp"

namespace reel::warehouse {

/// The pure part of read_load_spec: `document` is the file's content. All mistakes in one error.
[[nodiscard]] core::Result<LoadPlan> parse_load_spec(
    const Json& document, const LoadWishes& wishes
);

}  // namespace reel::warehouse
