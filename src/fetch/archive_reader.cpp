#include "archive_reader.hpp"

#include <cerrno>
#include <utility>

#include "filter_source.hpp"
#include "gzip_source.hpp"
#include "packing.hpp"

namespace reel::fetch {

namespace {

constexpr std::size_t block_bytes = std::size_t{128} << 10U;

core::Result<std::unique_ptr<PieceSource>> open_packed(
    const std::filesystem::path& file, Packing packing
) {
    const auto kept = [](auto source) -> core::Result<std::unique_ptr<PieceSource>> {
        using Source = decltype(source)::value_type;
        if (!source) return std::unexpected(std::move(source.error()));
        return std::make_unique<Source>(std::move(*source));
    };
    return packing == Packing::gzip ? kept(GzipSource::open(file))
                                    : kept(FilterSource::open(file, packing));
}

}  // namespace

Utf8Names::Utf8Names()
    : utf8_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)),
      previous_(::uselocale(utf8_ != nullptr ? utf8_ : nullptr)) {}

Utf8Names::~Utf8Names() {
    ::uselocale(previous_);
    if (utf8_ != nullptr) ::freelocale(utf8_);
}

core::Result<ArchiveReader> ArchiveReader::open(const std::filesystem::path& file) {
    const auto front = read_front(file);
    if (!front) return std::unexpected(front.error());
    if (front->empty()) {
        return core::fail(core::Errc::corrupt_data, "the archive is an empty file");
    }
    if (is_empty_zip(*front)) {
        return core::fail(core::Errc::corrupt_data, "the archive holds no file");
    }
    const auto library = ArchiveLibrary::load();
    if (!library) return std::unexpected(library.error());
    ArchiveReader opened(**library, file, packing_of(*front));
    opened.enable_formats();
    if (auto input = opened.open_input(); !input) return std::unexpected(std::move(input.error()));
    return opened;
}

void ArchiveReader::enable_formats() {
    archive* const reader = reader_.get();
    if (packing_ == Packing::zip) {
        // The central directory is read, never guessed from what precedes it: without it the file
        // was cut.
        library_->support_zip_seekable(reader);
        return;
    }
    library_->support_tar(reader);
    library_->support_raw(reader);
    library_->support_empty(reader);
}

core::Result<void> ArchiveReader::open_input() {
    int code = ARCHIVE_OK;
    if (is_packed()) {
        auto source = open_packed(file_, packing_);
        if (!source) return std::unexpected(std::move(source.error()));
        input_ =
            std::make_unique<PackedInput>(PackedInput{*library_, std::move(*source), std::nullopt});
        code = library_->read_open(reader_.get(), input_.get(), nullptr, &pull, nullptr);
    } else {
        code = library_->read_open_filename(reader_.get(), file_.c_str(), block_bytes);
    }
    if (code != ARCHIVE_OK) return std::unexpected(failure());
    return {};
}

la_ssize_t ArchiveReader::pull(archive* reader, void* user, const void** bytes) {
    auto& input = *static_cast<PackedInput*>(user);
    const auto piece = input.source->read();
    if (!piece) {
        input.failure = piece.error();
        input.library.set_error(reader, EIO, "%s", piece.error().message.c_str());
        return ARCHIVE_FATAL;
    }
    *bytes = piece->data();
    return static_cast<la_ssize_t>(piece->size());
}

core::Error ArchiveReader::failure() const {
    if (input_ && input_->failure) return *input_->failure;
    const char* const text = library_->error_string(reader_.get());
    std::string message = text != nullptr ? text : "unknown error";
    std::string hint;
    if (message.contains("Unrecognized archive format") && packing_ == Packing::zip) {
        message = "its central directory is missing";
        hint = "the file was cut, or its download was; fetch it again";
    }
    return {
        .code = core::Errc::corrupt_data,
        .message = "truncated or damaged archive: " + message,
        .where = {},
        .hint = hint
    };
}

core::Result<std::optional<Member>> ArchiveReader::next() {
    archive_entry* entry = nullptr;
    const int code = library_->read_next_header(reader_.get(), &entry);
    if (code == ARCHIVE_EOF) {
        if (auto whole = check_end(); !whole) return std::unexpected(std::move(whole.error()));
        return std::nullopt;
    }
    // A warning is about what we do not use: owners, extended attributes, a name's charset.
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return std::unexpected(failure());
    any_member_ = true;
    if (is_packed_file() && !is_packed()) {
        return core::fail(
            core::Errc::unsupported,
            "not an archive",
            "zip, tar (plain, .gz, .bz2, .xz, .zst) and single packed files can be extracted; "
            "without `extract` a file is taken as it is"
        );
    }
    return describe(entry);
}

Member ArchiveReader::describe(archive_entry* entry) const {
    const char* const name = library_->entry_pathname(entry);
    return {
        .name = name != nullptr ? name : library_->entry_pathname_utf8(entry),
        .hardlink = library_->entry_hardlink(entry),
        .symlink = library_->entry_symlink(entry),
        .type = library_->entry_filetype(entry),
        .bytes = library_->entry_size_is_set(entry) != 0
                     ? std::optional(static_cast<std::uint64_t>(library_->entry_size(entry)))
                     : std::nullopt,
        .is_encrypted = library_->entry_is_encrypted(entry) != 0
    };
}

bool ArchiveReader::is_packed_file() const {
    return any_member_ && library_->format(reader_.get()) == ARCHIVE_FORMAT_RAW;
}

bool ArchiveReader::is_packed_nothing() const {
    return is_packed() && library_->format(reader_.get()) == ARCHIVE_FORMAT_EMPTY;
}

bool ArchiveReader::is_tar() const {
    constexpr auto base = static_cast<unsigned>(ARCHIVE_FORMAT_BASE_MASK);
    const auto format = static_cast<unsigned>(library_->format(reader_.get()));
    return (format & base) == static_cast<unsigned>(ARCHIVE_FORMAT_TAR);
}

core::Result<std::size_t> ArchiveReader::read(char* buffer, std::size_t size) {
    const la_ssize_t count = library_->read_data(reader_.get(), buffer, size);
    // While it looks for a format libarchive takes an input that fails for one that ends.
    if (count < 0 || (input_ && input_->failure)) return std::unexpected(failure());
    return static_cast<std::size_t>(count);
}

core::Result<void> ArchiveReader::check_end() {
    // What follows the last member still counts for the checks of what is packed around it.
    if (input_ && input_->failure) return std::unexpected(*input_->failure);
    while (input_) {
        const auto piece = input_->source->read();
        if (!piece) return std::unexpected(piece.error());
        if (piece->empty()) return {};
    }
    if (!is_tar()) return {};
    const auto ends = ends_like_tar(file_);
    if (!ends) return std::unexpected(ends.error());
    if (*ends) return {};
    return core::fail(
        core::Errc::corrupt_data,
        "truncated or damaged archive: its end is missing",
        "the file was cut, or its download was; fetch it again"
    );
}

}  // namespace reel::fetch
