#include "archive_library.hpp"

#include "shared_library.hpp"

namespace reel::fetch {

namespace {

core::Result<ArchiveLibrary> load_archive() {
    auto file = SharedLibrary::open("libarchive.so.13", "libarchive13");
    if (!file) return std::unexpected(std::move(file.error()));
    ArchiveLibrary library;
    file->find("archive_read_new", library.read_new);
    file->find("archive_read_free", library.read_free);
    file->find("archive_read_support_format_zip_seekable", library.support_zip_seekable);
    file->find("archive_read_support_format_tar", library.support_tar);
    file->find("archive_read_support_format_raw", library.support_raw);
    file->find("archive_read_support_format_empty", library.support_empty);
    file->find("archive_read_support_filter_bzip2", library.support_bzip2);
    file->find("archive_read_support_filter_xz", library.support_xz);
    file->find("archive_read_support_filter_zstd", library.support_zstd);
    file->find("archive_read_open", library.read_open);
    file->find("archive_read_open_filename", library.read_open_filename);
    file->find("archive_read_next_header", library.read_next_header);
    file->find("archive_read_data", library.read_data);
    file->find("archive_set_error", library.set_error);
    file->find("archive_error_string", library.error_string);
    file->find("archive_filter_code", library.filter_code);
    file->find("archive_filter_bytes", library.filter_bytes);
    file->find("archive_format", library.format);
    file->find("archive_entry_pathname", library.entry_pathname);
    file->find("archive_entry_pathname_utf8", library.entry_pathname_utf8);
    file->find("archive_entry_hardlink", library.entry_hardlink);
    file->find("archive_entry_symlink", library.entry_symlink);
    file->find("archive_entry_filetype", library.entry_filetype);
    file->find("archive_entry_size_is_set", library.entry_size_is_set);
    file->find("archive_entry_size", library.entry_size);
    file->find("archive_entry_is_encrypted", library.entry_is_encrypted);
    if (auto complete = file->complete(); !complete) {
        return std::unexpected(std::move(complete.error()));
    }
    return library;
}

}  // namespace

core::Result<const ArchiveLibrary*> ArchiveLibrary::load() {
    static const core::Result<ArchiveLibrary> library = load_archive();
    if (!library) return std::unexpected(library.error());
    return &*library;
}

}  // namespace reel::fetch
