#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reel/dagfile/node.hpp"
#include "warehouse/args.hpp"

namespace reel::warehouse {

/// "schema.yml:12:9"
[[nodiscard]] std::string place_of(const core::SourcePosition& at);

[[nodiscard]] Json json_of(const dagfile::Node& node);

/// Reads the keys of one map of another tool's file; what it was never asked for is a mistake when
/// it ends. The node must outlive it.
class NodeReader final {
  public:
    /// `what` is for messages: "test 'unique'".
    NodeReader(const dagfile::Node& map, std::string what, Mistakes& mistakes);

    /// Null where the key is missing or null.
    [[nodiscard]] const dagfile::Node* find(std::string_view key);
    /// Of a scalar, as written.
    [[nodiscard]] std::optional<std::string> text(std::string_view key);
    [[nodiscard]] std::string required_text(std::string_view key);
    /// Scalars of a list, or one alone, as JSON.
    [[nodiscard]] Json scalars(std::string_view key);
    /// Empty where the key is missing; a mistake where its value is no list.
    [[nodiscard]] std::span<const dagfile::Node> list(std::string_view key);
    [[nodiscard]] std::optional<bool> flag(std::string_view key);
    /// Keys that say nothing about the data.
    void ignore(std::initializer_list<std::string_view> keys);
    void mistake(const std::string& message);
    void mistake(const dagfile::Node& at, const std::string& message);
    void finish();

    [[nodiscard]] const dagfile::Node& node() const { return map_; }
    [[nodiscard]] const std::string& what() const { return what_; }

  private:
    const dagfile::Node& map_;
    std::string what_;
    Mistakes& mistakes_;
    std::vector<std::string> known_;
};

}  // namespace reel::warehouse
