#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "context.hpp"

namespace reel::cli {

struct WatchOptions {
    std::string dag_id;
    std::string run_id;
    bool on_stderr = false;  ///< the run itself goes to stdout as JSON or the like
};

/// Of a run that was triggered now: why it will not start.
[[nodiscard]] std::string paused_text(const std::string& dag_id);

/// Says so on stderr where the DAG is paused: nobody who goes away now would learn why its runs do
/// not begin.
void warn_if_paused(Context& context, ApiClient& api, const std::string& dag_id);

/// Shows a run until it ends or Ctrl-C; the run goes on either way. Gives the run as it ended, with
/// `state` "detached" when it was left.
[[nodiscard]] core::Result<nlohmann::json> watch_run(Context& context, const WatchOptions& options);

}  // namespace reel::cli
