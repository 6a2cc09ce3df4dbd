#pragma once

#include "task_exec.hpp"

namespace reel::executor {

/// `download`: brings files into the run's data folder. Report: {"files":[{"path","bytes"}],
/// "bytes_transferred","retries","unchanged","resumed","etag","sha256"}, paths below that folder.
[[nodiscard]] core::Result<core::JsonText> run_download(
    const TaskSpec& spec, const Operations& operations, const fetch::LogLine& log
);

}  // namespace reel::executor
