#include "archive_reader.hpp"

#include <array>
#include <cerrno>
#include <fstream>
#include <string_view>
#include <utility>

namespace reel::fetch {

namespace {

constexpr std::size_t block_bytes = std::size_t{128} << 10U;
constexpr std::string_view gzip_magic = "\x1f\x8b";
constexpr std::string_view zip_magic = "PK\x03\x04";
constexpr std::string_view empty_zip_magic = "PK\x05\x06";

}  // namespace

Utf8Names::Utf8Names()
    : utf8_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)),
      previous_(::uselocale(utf8_ != nullptr ? utf8_ : nullptr)) {}

Utf8Names::~Utf8Names() {
    ::uselocale(previous_);
    if (utf8_ != nullptr) ::freelocale(utf8_);
}

core::Result<ArchiveReader::Kind> ArchiveReader::detect(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return fail_errno("cannot open " + file.string());
    std::array<char, 4> bytes{};
    stream.read(bytes.data(), bytes.size());
    const std::string_view magic(bytes.data(), static_cast<std::size_t>(stream.gcount()));
    if (magic.empty()) return core::fail(core::Errc::corrupt_data, "the archive is an empty file");
    if (magic.starts_with(gzip_magic)) return Kind::gzip;
    if (magic == zip_magic) return Kind::zip;
    if (magic == empty_zip_magic) {
        return core::fail(core::Errc::corrupt_data, "the archive holds no file");
    }
    return Kind::other;
}

core::Result<ArchiveReader> ArchiveReader::open(const std::filesystem::path& file) {
    const auto kind = detect(file);
    if (!kind) return std::unexpected(kind.error());
    const auto library = ArchiveLibrary::load();
    if (!library) return std::unexpected(library.error());
    ArchiveReader opened(**library, *kind);
    opened.enable_formats();
    if (auto input = opened.open_input(file); !input) {
        return std::unexpected(std::move(input.error()));
    }
    return opened;
}

void ArchiveReader::enable_formats() {
    archive* const reader = reader_.get();
    if (kind_ == Kind::zip) {
        // The central directory is read, never guessed from what precedes it: without it the file
        // was cut.
        library_->support_zip_seekable(reader);
        return;
    }
    library_->support_tar(reader);
    library_->support_raw(reader);
    library_->support_empty(reader);
}

void ArchiveReader::enable_filters() {
    library_->support_bzip2(reader_.get());
    library_->support_xz(reader_.get());
    library_->support_zstd(reader_.get());
}

core::Result<void> ArchiveReader::open_input(const std::filesystem::path& file) {
    int code = ARCHIVE_OK;
    if (kind_ == Kind::gzip) {
        auto source = GzipSource::open(file);
        if (!source) return std::unexpected(std::move(source.error()));
        input_ =
            std::make_unique<PackedInput>(PackedInput{*library_, std::move(*source), std::nullopt});
        code = library_->read_open(reader_.get(), input_.get(), nullptr, &pull, nullptr);
    } else {
        if (kind_ == Kind::other) enable_filters();
        code = library_->read_open_filename(reader_.get(), file.c_str(), block_bytes);
    }
    if (code != ARCHIVE_OK) return std::unexpected(failure());
    return {};
}

la_ssize_t ArchiveReader::pull(archive* reader, void* user, const void** bytes) {
    auto& input = *static_cast<PackedInput*>(user);
    const auto piece = input.source.read();
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
    if (message.contains("Unrecognized archive format") && kind_ == Kind::zip) {
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
        if (auto drained = drain(); !drained) return std::unexpected(std::move(drained.error()));
        return std::nullopt;
    }
    // A warning is about what we do not use: owners, extended attributes, a name's charset.
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return std::unexpected(failure());
    any_member_ = true;
    const bool packed =
        kind_ == Kind::gzip || library_->filter_code(reader_.get(), 0) != ARCHIVE_FILTER_NONE;
    if (is_packed_file() && !packed) {
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
        .is_encrypted = library_->entry_is_encrypted(entry) != 0
    };
}

bool ArchiveReader::is_packed_file() const {
    return any_member_ && library_->format(reader_.get()) == ARCHIVE_FORMAT_RAW;
}

bool ArchiveReader::is_packed_nothing() const {
    return kind_ == Kind::gzip && library_->format(reader_.get()) == ARCHIVE_FORMAT_EMPTY;
}

core::Result<std::size_t> ArchiveReader::read(char* buffer, std::size_t size) {
    const la_ssize_t count = library_->read_data(reader_.get(), buffer, size);
    if (count < 0) return std::unexpected(failure());
    return static_cast<std::size_t>(count);
}

/// What follows the last member still counts for the checks of the gzip stream around it.
core::Result<void> ArchiveReader::drain() {
    while (input_) {
        const auto piece = input_->source.read();
        if (!piece) return std::unexpected(piece.error());
        if (piece->empty()) break;
    }
    return {};
}

}  // namespace reel::fetch
