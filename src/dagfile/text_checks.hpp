#pragma once

#include <optional>
#include <string>

namespace reel::dagfile {

/// Whether some of it is known only when a task runs.
[[nodiscard]] bool has_template(const std::string& text);

// Each says why a text does not do ("is not a time zone"), or nothing.

[[nodiscard]] std::optional<std::string> check_cron(const std::string& text);
[[nodiscard]] std::optional<std::string> check_timezone(const std::string& text);
/// What a task, group or DAG may be called.
[[nodiscard]] std::optional<std::string> check_key(const std::string& text);
[[nodiscard]] std::optional<std::string> check_tag(const std::string& text);
/// "sha256:<hex>" or "md5:<hex>"; templates pass.
[[nodiscard]] std::optional<std::string> check_checksum(const std::string& text);
/// "1%", "0.5 %" or "12".
[[nodiscard]] std::optional<std::string> check_reject_limit(const std::string& text);
[[nodiscard]] std::optional<std::string> check_not_blank(const std::string& text);
/// What a worker can be told to serve: `--queues` has commas between.
[[nodiscard]] std::optional<std::string> check_queue(const std::string& text);
/// "schema.table.column" or "task.table.column".
[[nodiscard]] std::optional<std::string> check_column_reference(const std::string& text);
/// Of an asset.
[[nodiscard]] std::optional<std::string> check_asset_uri(const std::string& text);
/// The same; templates pass.
[[nodiscard]] std::optional<std::string> check_asset_or_template(const std::string& text);
[[nodiscard]] std::optional<std::string> check_duration_text(const std::string& text);
/// "> 10", "between 1 and 5%"; templates pass.
[[nodiscard]] std::optional<std::string> check_threshold(const std::string& text);
/// "14:30", or a date with a time; templates pass.
[[nodiscard]] std::optional<std::string> check_target_time(const std::string& text);
[[nodiscard]] std::optional<std::string> check_week_day(const std::string& text);
[[nodiscard]] std::optional<std::string> check_template(const std::string& text);
/// "/a/0/b"
[[nodiscard]] std::optional<std::string> check_json_pointer(const std::string& text);

}  // namespace reel::dagfile
