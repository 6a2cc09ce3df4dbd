#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "gzip_source.hpp"
#include "reel/core/result.hpp"

namespace reel::fetch {

/// Reads the members of a zip, of a tar (plain or packed), or of a single packed file.
class ArchiveReader final {
  public:
    [[nodiscard]] static core::Result<ArchiveReader> open(const std::filesystem::path& file);

    /// The next member, valid until the next call; nullptr after the last, when all checks that
    /// cover the whole archive have passed.
    [[nodiscard]] core::Result<archive_entry*> next();
    /// A piece of the current member; 0 at its end, when its own checks have passed.
    [[nodiscard]] core::Result<std::size_t> read(char* buffer, std::size_t size);
    /// The current member is the content of a packed file that is no archive; it has no name.
    [[nodiscard]] bool is_packed_file() const;
    /// After the last member: there was none, because nothing at all was packed.
    [[nodiscard]] bool is_packed_nothing() const;

  private:
    struct Free {
        void operator()(archive* reader) const { archive_read_free(reader); }
    };
    enum class Kind { zip, gzip, other };
    /// Lives apart, because libarchive keeps a pointer to it.
    struct PackedInput {
        GzipSource source;
        std::optional<core::Error> failure;
    };

    ArchiveReader(Kind kind, std::unique_ptr<archive, Free> reader)
        : kind_(kind), reader_(std::move(reader)) {}
    [[nodiscard]] static core::Result<Kind> detect(const std::filesystem::path& file);
    [[nodiscard]] core::Result<void> open_input(const std::filesystem::path& file);
    [[nodiscard]] core::Error failure() const;
    [[nodiscard]] core::Result<void> drain();
    static la_ssize_t pull(archive* reader, void* user, const void** bytes);

    Kind kind_;
    std::unique_ptr<PackedInput> input_;
    std::unique_ptr<archive, Free> reader_;
    bool any_member_ = false;
};

/// libarchive converts names into the thread's character set; while this lives that is UTF-8,
/// whatever the process was started with.
class Utf8Names final {
  public:
    Utf8Names();
    ~Utf8Names();
    Utf8Names(const Utf8Names&) = delete;
    Utf8Names& operator=(const Utf8Names&) = delete;

  private:
    locale_t utf8_;
    locale_t previous_;
};

}  // namespace reel::fetch
