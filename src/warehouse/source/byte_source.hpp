#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "reel/core/result.hpp"

namespace reel::warehouse {

/// Bytes from the front to the back, once. A reader asks, so memory is the reader's buffer.
class ByteSource {
  public:
    virtual ~ByteSource() = default;
    /// Fills the front of `into` with at least one byte and says how many; 0 is the end, and stays
    /// so. `into` must not be empty.
    [[nodiscard]] virtual core::Result<std::size_t> read(std::span<std::byte> into) = 0;
};

/// A regular file. Errors name the path.
class FileSource final : public ByteSource {
  public:
    [[nodiscard]] static core::Result<std::unique_ptr<FileSource>> open(
        const std::filesystem::path& path
    );
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;
    ~FileSource() override;
    [[nodiscard]] core::Result<std::size_t> read(std::span<std::byte> into) override;

  private:
    FileSource(int descriptor, std::filesystem::path path);
    int descriptor_;
    std::filesystem::path path_;
};

/// Bytes that are in memory already, at most `read_size` of them at a time.
class MemorySource final : public ByteSource {
  public:
    explicit MemorySource(std::string bytes, std::size_t read_size = SIZE_MAX);
    [[nodiscard]] core::Result<std::size_t> read(std::span<std::byte> into) override;

  private:
    std::string bytes_;
    std::size_t read_size_;
    std::size_t position_ = 0;
};

/// Bytes that were read before, then what a source still has. Both must outlive it.
class ChainedSource final : public ByteSource {
  public:
    ChainedSource(std::string_view first, ByteSource& then) : first_(first), then_(then) {}
    [[nodiscard]] core::Result<std::size_t> read(std::span<std::byte> into) override;

  private:
    std::string_view first_;
    ByteSource& then_;
};

/// Passes another source's bytes on and hashes them on the way, so that one pass gives both the
/// records and the identity of the content. The inner source must outlive it.
class HashingSource final : public ByteSource {
  public:
    explicit HashingSource(ByteSource& inner);
    HashingSource(const HashingSource&) = delete;
    HashingSource& operator=(const HashingSource&) = delete;
    ~HashingSource() override;
    [[nodiscard]] core::Result<std::size_t> read(std::span<std::byte> into) override;
    /// SHA-256 of everything read so far, 64 lower-case hex digits: the file's own once `read` gave
    /// 0.
    [[nodiscard]] std::string sha256() const;
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  private:
    struct Digest;
    ByteSource& inner_;
    std::unique_ptr<Digest> digest_;
    std::uint64_t bytes_ = 0;
};

}  // namespace reel::warehouse
