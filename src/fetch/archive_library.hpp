#pragma once

#include <archive.h>
#include <archive_entry.h>

#include "reel/core/result.hpp"

namespace reel::fetch {

/// The functions of libarchive that are used; the only way to it.
struct ArchiveLibrary {
    decltype(&::archive_read_new) read_new = nullptr;
    decltype(&::archive_read_free) read_free = nullptr;
    decltype(&::archive_read_support_format_zip_seekable) support_zip_seekable = nullptr;
    decltype(&::archive_read_support_format_tar) support_tar = nullptr;
    decltype(&::archive_read_support_format_raw) support_raw = nullptr;
    decltype(&::archive_read_support_format_empty) support_empty = nullptr;
    decltype(&::archive_read_support_filter_bzip2) support_bzip2 = nullptr;
    decltype(&::archive_read_support_filter_xz) support_xz = nullptr;
    decltype(&::archive_read_support_filter_zstd) support_zstd = nullptr;
    decltype(&::archive_read_open) read_open = nullptr;
    decltype(&::archive_read_open_filename) read_open_filename = nullptr;
    decltype(&::archive_read_next_header) read_next_header = nullptr;
    decltype(&::archive_read_data) read_data = nullptr;
    decltype(&::archive_set_error) set_error = nullptr;
    decltype(&::archive_error_string) error_string = nullptr;
    decltype(&::archive_filter_code) filter_code = nullptr;
    decltype(&::archive_filter_bytes) filter_bytes = nullptr;
    decltype(&::archive_format) format = nullptr;
    decltype(&::archive_entry_pathname) entry_pathname = nullptr;
    decltype(&::archive_entry_pathname_utf8) entry_pathname_utf8 = nullptr;
    decltype(&::archive_entry_hardlink) entry_hardlink = nullptr;
    decltype(&::archive_entry_symlink) entry_symlink = nullptr;
    decltype(&::archive_entry_filetype) entry_filetype = nullptr;
    decltype(&::archive_entry_size_is_set) entry_size_is_set = nullptr;
    decltype(&::archive_entry_size) entry_size = nullptr;
    decltype(&::archive_entry_is_encrypted) entry_is_encrypted = nullptr;

    /// Loads it at the first call; from any thread. Errc::unavailable where it is missing.
    [[nodiscard]] static core::Result<const ArchiveLibrary*> load();
};

}  // namespace reel::fetch
