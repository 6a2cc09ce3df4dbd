#pragma once

#include "cli/context.hpp"

/// The actions behind ServerSide.
namespace reel::cli {

/// The URI of `metadata` or `warehouse`; starts the embedded cluster where it is down.
[[nodiscard]] core::Result<std::string> database_uri(Context& context, const std::string& database);

[[nodiscard]] core::Result<int> migrate_database(Context& context);
[[nodiscard]] core::Result<int> check_database(Context& context);
[[nodiscard]] core::Result<int> reset_database(Context& context, bool yes);
[[nodiscard]] core::Result<int> print_url(Context& context, const std::string& database);
[[nodiscard]] core::Result<int> open_shell(Context& context, const std::string& database);
[[nodiscard]] core::Result<int> clean_databases(Context& context, const CleanOptions& options);
[[nodiscard]] core::Result<int> check_jobs(Context& context, const JobsOptions& options);
[[nodiscard]] core::Result<int> validate_files(Context& context, const ValidateOptions& options);

}  // namespace reel::cli
