#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "reel/fetch/download.hpp"

namespace reel::fetch {

/// A fresh folder with the target `into` and the cache `cache`, and what a download said.
class FetchTest : public testing::Test {
  protected:
    FetchTest() {
        std::string name = (std::filesystem::temp_directory_path() / "reel-fetch-XXXXXX").string();
        folder = ::mkdtemp(name.data());
        into = folder / "into";
        cache = folder / "cache";
    }
    ~FetchTest() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }

    [[nodiscard]] DownloadRequest request(const std::string& from) const {
        DownloadRequest request{.from = from, .into = into, .cache = cache};
        request.retry_delay = std::chrono::milliseconds(1);
        request.stall_timeout = std::chrono::seconds(1);
        request.connect_timeout = std::chrono::seconds(5);
        return request;
    }
    core::Result<DownloadReport> fetch(const DownloadRequest& request) {
        return download(
            request,
            [this](const std::string& line) { lines += line + "\n"; },
            [this](const DownloadProgress& step) { progress.push_back(step); }
        );
    }
    static std::string read(const std::filesystem::path& file) {
        std::ifstream stream(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    }
    static void write(const std::filesystem::path& file, const std::string& content) {
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << content;
    }
    /// Everything below the target that is not a folder.
    [[nodiscard]] std::set<std::string> names() const {
        std::set<std::string> found;
        std::error_code error;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(into, error)) {
            if (!entry.is_directory()) {
                found.insert(entry.path().lexically_relative(into).string());
            }
        }
        return found;
    }
    /// The same with folders: nothing at all may be left of a failed call.
    [[nodiscard]] bool into_is_empty() const {
        std::error_code error;
        return !std::filesystem::exists(into) || std::filesystem::is_empty(into, error);
    }

    std::filesystem::path folder;
    std::filesystem::path into;
    std::filesystem::path cache;
    std::string lines;
    std::vector<DownloadProgress> progress;
};

}  // namespace reel::fetch
