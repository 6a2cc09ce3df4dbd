#pragma once

#include <array>
#include <string_view>

#include "warehouse/args.hpp"
#include "warehouse/quality/check.hpp"

namespace reel::warehouse {

/// What every check may say beside its own, inside the check or next to it.
inline constexpr std::array<std::string_view, 7> check_options{
    "severity", "where", "name", "warn_if", "error_if", "limit", "store_failures"
};

/// Reads all of them but `where` and `name`, before the kind is built.
void read_options(ArgReader& args, Check& check);

/// After the kind is built: dbt's rule for who is looked at. With severity error `error_if` and
/// then `warn_if`, with severity warn `warn_if` alone; both are the kind's own bounds where the
/// user says nothing. Thresholds that do not fit the check's number are mistakes.
void settle_thresholds(ArgReader& args, Check& check);

}  // namespace reel::warehouse
