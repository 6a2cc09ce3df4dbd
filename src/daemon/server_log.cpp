#include "server_log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace reel::daemon {

void log_to_stderr(const config::Config& config) {
    auto logger = spdlog::stderr_color_mt("reel");
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
    logger->set_level(spdlog::level::from_str(config.text("logging", "level")));
    spdlog::set_default_logger(std::move(logger));
}

}  // namespace reel::daemon
