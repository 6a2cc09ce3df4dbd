#include "download_operation.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace reel::executor {

namespace {

constexpr auto progress_every = std::chrono::seconds(5);

core::Result<std::vector<std::string>> parse_headers(const Json& headers) {
    std::vector<std::string> lines;
    if (headers.is_null()) {
        return lines;
    }
    if (!headers.is_structured()) {
        return core::fail(
            core::Errc::invalid_argument, "'headers' must be a map, or a list of \"Name: value\""
        );
    }
    for (const auto& [name, value] : headers.items()) {
        if (!value.is_string()) {
            return core::fail(core::Errc::invalid_argument, "every header must be a text");
        }
        lines.push_back(
            headers.is_array() ? value.get<std::string>()
                               : fmt::format("{}: {}", name, value.get<std::string>())
        );
    }
    return lines;
}

/// A folder of the run; nothing outside of it.
core::Result<std::filesystem::path> target_folder(const TaskSpec& spec) {
    const std::filesystem::path below = text_of(spec.args, "into");
    auto folder = (spec.data_dir / below).lexically_normal();
    const auto relative = folder.lexically_relative(spec.data_dir.lexically_normal());
    if (below.is_absolute() || relative.empty() || *relative.begin() == "..") {
        return core::fail(
            core::Errc::invalid_argument,
            fmt::format("'into' is '{}', which is not below the run's data folder", below.string())
        );
    }
    return folder;
}

core::Result<fetch::DownloadRequest> parse_request(const TaskSpec& spec) {
    auto headers = parse_headers(spec.args.value("headers", Json()));
    if (!headers) {
        return std::unexpected(headers.error());
    }
    auto folder = target_folder(spec);
    if (!folder) {
        return std::unexpected(folder.error());
    }
    fetch::DownloadRequest request;
    request.from = text_of(spec.args, "from");
    if (request.from.empty()) {
        return core::fail(core::Errc::invalid_argument, "'from' is missing or no text");
    }
    request.into = *std::move(folder);
    request.cache = spec.cache_dir;
    request.file_name = text_of(spec.args, "file_name");
    request.checksum = text_of(spec.args, "checksum");
    request.extract = spec.args.contains("extract") && spec.args["extract"] == Json(true);
    request.headers = *std::move(headers);
    return request;
}

std::string megabytes(std::uint64_t bytes) {
    return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

/// A line every few seconds, not one for each block.
fetch::OnProgress progress_lines(const fetch::LogLine& log) {
    return [log, last = std::chrono::steady_clock::now()](const fetch::DownloadProgress& progress
           ) mutable {
        const auto now = std::chrono::steady_clock::now();
        if (now - last < progress_every) {
            return;
        }
        last = now;
        log(progress.total
                ? fmt::format("{} of {}", megabytes(progress.bytes), megabytes(*progress.total))
                : megabytes(progress.bytes));
    };
}

Json report_json(const fetch::DownloadReport& report, const std::filesystem::path& data_dir) {
    Json files = Json::array();
    for (const fetch::FetchedFile& file : report.files) {
        const auto relative = file.path.lexically_relative(data_dir);
        files.push_back(Json{
            {"path", relative.empty() ? file.path.string() : relative.string()},
            {"bytes", file.bytes},
        });
    }
    return Json{
        {"files", std::move(files)},
        {"bytes_transferred", report.bytes_transferred},
        {"retries", report.retries},
        {"unchanged", report.unchanged},
        {"resumed", report.resumed},
        {"etag", report.etag},
        {"sha256", report.sha256},
    };
}

}  // namespace

core::Result<core::JsonText> run_download(
    const TaskSpec& spec, const Operations& operations, const fetch::LogLine& log
) {
    const auto request = parse_request(spec);
    if (!request) {
        return std::unexpected(request.error());
    }
    const auto report = operations.download(*request, log, progress_lines(log));
    if (!report) {
        return std::unexpected(report.error());
    }
    for (const fetch::FetchedFile& file : report->files) {
        log(fmt::format("{} ({} bytes)", file.path.filename().string(), file.bytes));
    }
    return to_text(report_json(*report, spec.data_dir.lexically_normal()));
}

}  // namespace reel::executor
