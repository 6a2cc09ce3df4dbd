#pragma once

#include "expectation.hpp"
#include "options.hpp"

namespace reel::dataset {

/// Writes movies_metadata.csv, links.csv, ratings.csv and consumer_price_index.csv into
/// options.folder (made where it is missing) and says what a correct load of them gives.
[[nodiscard]] core::Result<Expectation> generate(const Options& options);

}  // namespace reel::dataset
