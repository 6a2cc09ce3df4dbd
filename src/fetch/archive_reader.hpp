#pragma once

#include <locale.h>
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "archive_library.hpp"
#include "piece_source.hpp"
#include "reel/core/result.hpp"
#include "reel/fetch/unpack.hpp"

namespace reel::fetch {

/// What an archive says of one of its members.
struct Member {
    const char* name = nullptr;               ///< null: it cannot be read
    const char* hardlink = nullptr;           ///< the member that it is a second name of, or null
    const char* symlink = nullptr;            ///< of a symbolic link: where it leads
    mode_t type = 0;                          ///< AE_IFREG, AE_IFDIR, …
    std::optional<std::uint64_t> bytes = {};  ///< unpacked, where the archive says so
    bool is_encrypted = false;
};

/// Reads the members of a zip, of a tar (plain or packed), or of a single packed file.
class ArchiveReader final {
  public:
    [[nodiscard]] static core::Result<ArchiveReader> open(const std::filesystem::path& file);

    /// The next member, whose texts are valid until the next call; nothing after the last, when all
    /// checks that cover the whole archive have passed.
    [[nodiscard]] core::Result<std::optional<Member>> next();
    /// A piece of the current member; 0 at its end, when its own checks have passed.
    [[nodiscard]] core::Result<std::size_t> read(char* buffer, std::size_t size);
    /// How much of a packed file has been used; 0 of a zip or a plain tar.
    [[nodiscard]] std::uint64_t used() const { return input_ ? input_->source->used() : 0; }
    /// The current member is the content of a packed file that is no archive; it has no name.
    [[nodiscard]] bool is_packed_file() const;
    /// After the last member: there was none, because nothing at all was packed.
    [[nodiscard]] bool is_packed_nothing() const;

  private:
    using Reader = std::unique_ptr<archive, decltype(&::archive_read_free)>;
    /// Lives apart, because libarchive keeps a pointer to it.
    struct PackedInput {
        const ArchiveLibrary& library;
        std::unique_ptr<PieceSource> source;
        std::optional<core::Error> failure;
    };

    ArchiveReader(const ArchiveLibrary& library, const std::filesystem::path& file, Packing packing)
        : library_(&library),
          file_(file),
          packing_(packing),
          reader_(library.read_new(), library.read_free) {}
    /// Whether the file is packed as a whole, with or without a tar in it.
    [[nodiscard]] bool is_packed() const {
        return packing_ != Packing::none && packing_ != Packing::zip && packing_ != Packing::tar;
    }
    [[nodiscard]] bool is_tar() const;
    void enable_formats();
    [[nodiscard]] core::Result<void> open_input();
    [[nodiscard]] core::Error failure() const;
    [[nodiscard]] Member describe(archive_entry* entry) const;
    [[nodiscard]] core::Result<void> check_end();
    static la_ssize_t pull(archive* reader, void* user, const void** bytes);

    const ArchiveLibrary* library_;
    std::filesystem::path file_;
    Packing packing_;
    std::unique_ptr<PackedInput> input_;
    Reader reader_;
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
