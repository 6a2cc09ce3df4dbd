#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "reel/core/time.hpp"

namespace reel::runner {

template <class T>
concept WireNumber = std::integral<T> || std::is_enum_v<T>;

/// The fields of a message one behind the other, for the other end on the same machine: numbers in
/// eight bytes as they lie in memory, byte strings and lists behind their length.
class WireWriter final {
  public:
    template <class... Fields>
    void operator()(const Fields&... fields) {
        (put(fields), ...);
    }
    /// For what a reader checks.
    void require(bool /*holds*/) {}
    [[nodiscard]] std::string take() { return std::move(bytes_); }

  private:
    void put(WireNumber auto number) {
        const auto wide = static_cast<std::int64_t>(number);
        bytes_.append(reinterpret_cast<const char*>(&wide), sizeof wide);
    }
    void put(const std::string& bytes) {
        put(bytes.size());
        bytes_ += bytes;
    }
    void put(const std::filesystem::path& path) { put(path.native()); }
    void put(core::Duration duration) { put(duration.count()); }
    void put(core::Timestamp at) { put(at.time_since_epoch().count()); }
    template <class T>
    void put(const std::optional<T>& value) {
        put(value.has_value());
        if (value) put(*value);
    }
    void put(const std::vector<std::string>& items) {
        put(items.size());
        for (const auto& item : items) put(item);
    }

    std::string bytes_;
};

/// The other way round. What is cut short or too long leaves its field as it was; only is_whole()
/// says whether the fields may be believed.
class WireReader final {
  public:
    explicit WireReader(std::string_view bytes) : rest_(bytes) {}

    template <class... Fields>
    void operator()(Fields&... fields) {
        (get(fields), ...);
    }
    /// Everything that was read was there, and nothing is left.
    [[nodiscard]] bool is_whole() const { return !is_broken_ && rest_.empty(); }
    [[nodiscard]] bool is_broken() const { return is_broken_; }
    void require(bool holds) { is_broken_ = is_broken_ || !holds; }

  private:
    std::string_view take(std::uint64_t size) {
        if (is_broken_ || size > rest_.size()) {
            is_broken_ = true;
            return {};
        }
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    template <WireNumber T>
    void get(T& number) {
        std::int64_t wide = 0;
        const std::string_view bytes = take(sizeof wide);
        if (is_broken_) return;
        std::memcpy(&wide, bytes.data(), sizeof wide);
        number = static_cast<T>(wide);
        // Neither a pid of five bytes nor a flag that is 2.
        require(static_cast<std::int64_t>(number) == wide);
    }
    void get(std::string& bytes) {
        std::uint64_t size = 0;
        get(size);
        bytes = take(size);
    }
    void get(std::filesystem::path& path) {
        std::string bytes;
        get(bytes);
        path = std::move(bytes);
    }
    void get(core::Duration& duration) {
        core::Duration::rep count = 0;
        get(count);
        duration = core::Duration(count);
    }
    void get(core::Timestamp& at) {
        core::Duration since{};
        get(since);
        at = core::Timestamp(since);
    }
    template <class T>
    void get(std::optional<T>& value) {
        bool is_there = false;
        get(is_there);
        if (is_there) get(value.emplace());
    }
    void get(std::vector<std::string>& items) {
        std::uint64_t count = 0;
        get(count);
        // Each has at least a length: what is announced beyond the bytes that are there is no list.
        require(count <= rest_.size() / sizeof count);
        if (is_broken_) return;
        items.resize(count);
        for (auto& item : items) get(item);
    }

    std::string_view rest_;
    bool is_broken_ = false;
};

}  // namespace reel::runner
