#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "reel/core/dag.hpp"
#include "reel/core/result.hpp"

namespace reel::warehouse {

/// Objects keep the order in which they were written: the order of columns and tables.
using Json = nlohmann::ordered_json;

/// All that is wrong with an operation's arguments, each with its path: "tables.movies.key: …".
class Mistakes final {
  public:
    void add(const std::string& path, const std::string& message);
    [[nodiscard]] bool empty() const { return lines_.empty(); }
    [[nodiscard]] std::size_t count() const { return lines_.size(); }
    /// One error that lists them all.
    [[nodiscard]] core::Error to_error(std::string_view operation) const;

  private:
    std::vector<std::string> lines_;
};

/// Reads the keys of one object; what it was never asked for is a mistake when it ends.
class ArgReader final {
  public:
    ArgReader(const Json& object, std::string path, Mistakes& mistakes);

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string path_of(std::string_view key) const;
    /// nullptr where the key is missing or null.
    [[nodiscard]] const Json* find(std::string_view key);
    /// A string; numbers and booleans count as their text.
    [[nodiscard]] std::optional<std::string> text(std::string_view key);
    /// As text(), but its absence is a mistake (and gives "").
    [[nodiscard]] std::string required_text(std::string_view key);
    /// A string or a list of strings, without repetition; empty where missing.
    [[nodiscard]] std::vector<std::string> names(std::string_view key);
    [[nodiscard]] std::optional<bool> flag(std::string_view key);
    /// A whole number, not negative.
    [[nodiscard]] std::optional<std::int64_t> count(std::string_view key);
    /// An object with at least one key; nullptr (and a mistake) otherwise.
    [[nodiscard]] const Json* required_object(std::string_view key);
    void mistake(std::string_view key, const std::string& message);
    /// Takes over another parser's message and hint.
    void mistake(std::string_view key, const core::Error& error);
    /// Keys that were not asked for become mistakes.
    void finish();

  private:
    const Json& object_;
    std::string path_;
    Mistakes& mistakes_;
    std::vector<std::string> known_;
};

/// The arguments as an object, or an error.
[[nodiscard]] core::Result<Json> parse_args(const core::JsonText& args, std::string_view operation);

/// The text of a scalar as SQL and messages want it: 5, 0.5, true, the string itself; nullopt for
/// lists, objects and null.
[[nodiscard]] std::optional<std::string> scalar_text(const Json& value);

}  // namespace reel::warehouse
