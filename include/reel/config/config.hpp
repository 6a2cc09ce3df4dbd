#pragma once

#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "reel/core/result.hpp"
#include "reel/core/time.hpp"

namespace reel::config {

enum class OptionType { text, integer, boolean, duration, path };

/// One option: the declaration that parses it, checks it and documents it (`reel config list`).
struct Option {
    std::string_view section;
    std::string_view key;
    OptionType type;
    std::string_view default_value;  ///< "$REEL_HOME" in a path stands for the home folder
    std::string_view meaning;
    bool secret = false;  ///< shown as ***
    /// Of an integer.
    long long minimum = 0;
    long long maximum = std::numeric_limits<int>::max();
    /// Of a text that must be one of several words: "debug|info|…"; empty: anything.
    std::string_view choices = {};
};

/// Every option there is, by section, Airflow's names where the thing is the same.
[[nodiscard]] const std::vector<Option>& all_options();

using Environment = std::map<std::string, std::string>;

/// The process' own environment.
[[nodiscard]] Environment process_environment();

/// Where a value came from, for `reel config list`.
enum class Origin { default_value, file, environment };

/// All options with their values: defaults, then $REEL_HOME/reel.yaml, then REEL__SECTION__KEY
/// (for a secret also REEL__SECTION__KEY_FILE, the name of a file that holds it). A variable that
/// is set to nothing counts as not set. Read once at start; nobody else reads the environment.
class Config final {
  public:
    /// All mistakes at once (unknown option with a "did you mean", wrong type), one line each, in
    /// the error's message. The home folder is REEL_HOME, else ~/.reel; it need not exist.
    [[nodiscard]] static core::Result<Config> load(const Environment& environment);

    [[nodiscard]] const std::filesystem::path& home() const { return home_; }
    /// The option must be declared; anything else is a bug and aborts.
    [[nodiscard]] const std::string& text(std::string_view section, std::string_view key) const;
    [[nodiscard]] long long integer(std::string_view section, std::string_view key) const;
    [[nodiscard]] bool boolean(std::string_view section, std::string_view key) const;
    [[nodiscard]] core::Duration duration(std::string_view section, std::string_view key) const;
    [[nodiscard]] std::filesystem::path path(std::string_view section, std::string_view key) const;
    [[nodiscard]] Origin origin(std::string_view section, std::string_view key) const;
    /// The environment it was loaded from (REEL_CONN_…, REEL_VAR_…, REEL_API_URL are read from
    /// here).
    [[nodiscard]] const Environment& environment() const { return environment_; }

  private:
    struct Value {
        std::string text;
        Origin origin = Origin::default_value;
    };
    [[nodiscard]] const Value& value(std::string_view section, std::string_view key) const;
    std::filesystem::path home_;
    Environment environment_;
    std::map<std::string, Value, std::less<>> values_;  ///< by "section.key"
};

}  // namespace reel::config
