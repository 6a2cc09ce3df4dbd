#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "reel/config/config.hpp"

namespace reel::config {

/// A folder of its own for one test, removed with it.
class TemporaryHome final {
  public:
    TemporaryHome() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "reel-home-XXXXXX").string();
        path_ = mkdtemp(pattern.data());
    }
    TemporaryHome(const TemporaryHome&) = delete;
    TemporaryHome& operator=(const TemporaryHome&) = delete;
    ~TemporaryHome() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(path_ / name) << text;
        return (path_ / name).string();
    }

    /// Loads with REEL_HOME set to this folder and the given variables.
    [[nodiscard]] core::Result<Config> load(Environment environment = {}) const {
        environment.emplace("REEL_HOME", path_.string());
        return Config::load(environment);
    }

  private:
    std::filesystem::path path_;
};

}  // namespace reel::config
