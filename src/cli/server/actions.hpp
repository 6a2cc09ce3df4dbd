#pragma once

#include "cli/context.hpp"

/// The actions behind ServerSide.
namespace reel::cli {

/// The URI of `metadata` or `warehouse`; starts the embedded cluster where it is down.
[[nodiscard]] core::Result<std::string> database_uri(Context& context, const std::string& database);
/// What libpq connects with for a connection of that id, looked for where tasks do: in the
/// environment, among those that Reel keeps, and the default warehouse for `warehouse`.
[[nodiscard]] core::Result<std::string> connection_uri(
    Context& context, const std::string& connection_id
);

[[nodiscard]] core::Result<int> migrate_database(Context& context);
[[nodiscard]] core::Result<int> check_database(Context& context);
[[nodiscard]] core::Result<int> reset_database(Context& context, bool yes);
[[nodiscard]] core::Result<int> print_url(Context& context, const std::string& database);
[[nodiscard]] core::Result<int> open_shell(Context& context, const std::string& database);
[[nodiscard]] core::Result<int> clean_databases(Context& context, const CleanOptions& options);
[[nodiscard]] core::Result<int> check_jobs(Context& context, const JobsOptions& options);
[[nodiscard]] core::Result<int> validate_files(Context& context, const ValidateOptions& options);
[[nodiscard]] core::Result<int> infer_file(Context& context, const LoadOptions& options);
[[nodiscard]] core::Result<int> load_file(Context& context, const LoadOptions& options);
[[nodiscard]] core::Result<int> explain_file(Context& context, const LoadOptions& options);
[[nodiscard]] core::Result<int> list_rejects(Context& context, const QuarantineOptions& options);
[[nodiscard]] core::Result<int> show_rejects(Context& context, const QuarantineOptions& options);
[[nodiscard]] core::Result<int> replay_rejects(Context& context, const ReplayOptions& options);
[[nodiscard]] core::Result<int> edit_reject(Context& context, const EditOptions& options);

}  // namespace reel::cli
