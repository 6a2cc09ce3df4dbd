#include "reel/fetch/unpack.hpp"

#include <utility>

#include "archive_reader.hpp"
#include "file_name.hpp"
#include "member_name.hpp"

namespace reel::fetch {

struct Unpacker::State {
    ArchiveReader reader;
    std::string name;                         ///< of the file at hand
    std::optional<std::uint64_t> bytes = {};  ///< of that file
    bool is_encrypted = false;
    bool any = false;
    bool ended = false;
};

core::Result<Unpacker> Unpacker::open(const std::filesystem::path& file) {
    auto reader = ArchiveReader::open(file);
    if (!reader) return std::unexpected(std::move(reader.error()));
    return Unpacker(std::make_unique<State>(State{.reader = std::move(*reader), .name = {}}));
}

Unpacker::Unpacker(std::unique_ptr<State> state) : state_(std::move(state)) {}
Unpacker::Unpacker(Unpacker&&) noexcept = default;
Unpacker& Unpacker::operator=(Unpacker&&) noexcept = default;
Unpacker::~Unpacker() = default;

core::Result<std::optional<std::string>> Unpacker::next() {
    const Utf8Names utf8;
    while (!state_->ended) {
        const auto member = state_->reader.next();
        if (!member) return std::unexpected(member.error());
        const bool is_first = !std::exchange(state_->any, true);
        state_->ended = !*member;
        if (!*member) {
            // Nothing was packed, which is a file without a byte.
            if (is_first && state_->reader.is_packed_nothing()) return std::string();
            break;
        }
        if (state_->reader.is_packed_file()) return std::string();
        if ((*member)->name == nullptr) {
            return core::fail(
                core::Errc::corrupt_data, "the archive has a member whose name cannot be read"
            );
        }
        std::string_view name = (*member)->name;
        while (name.starts_with("./")) name.remove_prefix(2);
        const bool is_file = (*member)->type == AE_IFREG && (*member)->hardlink == nullptr;
        if (!is_file || is_junk(name)) continue;
        state_->name = name;
        state_->bytes = (*member)->bytes;
        state_->is_encrypted = (*member)->is_encrypted;
        return state_->name;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> Unpacker::bytes() const {
    return state_->bytes;
}

std::uint64_t Unpacker::used() const {
    return state_->reader.used();
}

core::Result<std::size_t> Unpacker::read(std::span<std::byte> into) {
    if (state_->ended) return 0;
    if (state_->is_encrypted) {
        return core::fail(
            core::Errc::unsupported,
            "the member '" + printable(state_->name) + "' is encrypted: unsupported",
            "unpack it by hand, then give the file"
        );
    }
    return state_->reader.read(reinterpret_cast<char*>(into.data()), into.size());
}

}  // namespace reel::fetch
