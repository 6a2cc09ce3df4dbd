#include "support/archive_builder.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <stdexcept>

namespace reel::support {

namespace {

struct Free {
    void operator()(archive* writer) const { archive_write_free(writer); }
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using Writer = std::unique_ptr<archive, Free>;
using Entry = std::unique_ptr<archive_entry, Free>;

la_ssize_t collect(archive*, void* user, const void* bytes, std::size_t size) {
    static_cast<std::string*>(user)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
}

void check(archive* writer, int code) {
    if (code < ARCHIVE_WARN) throw std::runtime_error(archive_error_string(writer));
}

unsigned type_of(MemberKind kind) {
    switch (kind) {
        case MemberKind::folder:
            return AE_IFDIR;
        case MemberKind::symlink:
            return AE_IFLNK;
        case MemberKind::device:
            return AE_IFCHR;
        default:
            return AE_IFREG;
    }
}

void add(archive* writer, const Member& member) {
    const Entry entry(archive_entry_new());
    archive_entry_copy_pathname(entry.get(), member.name.c_str());
    archive_entry_set_filetype(entry.get(), type_of(member.kind));
    archive_entry_set_perm(entry.get(), 0644);
    if (member.kind == MemberKind::symlink) {
        archive_entry_copy_symlink(entry.get(), member.content.c_str());
    } else if (member.kind == MemberKind::hardlink) {
        archive_entry_copy_hardlink(entry.get(), member.content.c_str());
    } else if (!member.unknown_size) {
        archive_entry_set_size(entry.get(), static_cast<la_int64_t>(member.content.size()));
    }
    check(writer, archive_write_header(writer, entry.get()));
    if (member.kind == MemberKind::file) {
        archive_write_data(writer, member.content.data(), member.content.size());
    }
}

void set_filter(archive* writer, const std::string& filter) {
    if (!filter.empty()) check(writer, archive_write_add_filter_by_name(writer, filter.c_str()));
}

std::string write_members(archive* writer, const std::vector<Member>& members) {
    std::string bytes;
    archive_write_set_bytes_per_block(writer, 512);
    archive_write_set_bytes_in_last_block(writer, 1);
    check(writer, archive_write_open(writer, &bytes, nullptr, &collect, nullptr));
    for (const auto& member : members) add(writer, member);
    check(writer, archive_write_close(writer));
    return bytes;
}

std::uint32_t crc32_of(const std::string& bytes) {
    std::uint32_t crc = 0xffffffffU;
    for (const char byte : bytes) {
        crc ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
    }
    return ~crc;
}

/// The lowest `count` bytes, little end first.
std::string number(std::uint64_t value, int count) {
    std::string bytes;
    for (int i = 0; i < count; ++i) {
        bytes.push_back(static_cast<char>((value >> (8U * static_cast<unsigned>(i))) & 0xffU));
    }
    return bytes;
}

/// The fields that a member's local and its central header share.
std::string shared_fields(const RawMember& member) {
    const std::uint32_t crc = crc32_of(member.content) + member.wrong_crc_by;
    return number(20, 2) + number(member.flags, 2) + number(0, 2) + number(0, 4) + number(crc, 4) +
           number(member.content.size(), 4) + number(member.content.size(), 4) +
           number(member.name.size(), 2) + number(0, 2);
}

}  // namespace

std::string make_zip(const std::vector<Member>& members, const std::string& options) {
    const Writer writer(archive_write_new());
    check(writer.get(), archive_write_set_format_zip(writer.get()));
    check(writer.get(), archive_write_set_options(writer.get(), options.c_str()));
    if (options.contains("encryption")) {
        check(writer.get(), archive_write_set_passphrase(writer.get(), "swordfish"));
    }
    return write_members(writer.get(), members);
}

std::string make_tar(const std::vector<Member>& members, const std::string& filter) {
    const Writer writer(archive_write_new());
    check(writer.get(), archive_write_set_format_pax_restricted(writer.get()));
    set_filter(writer.get(), filter);
    return write_members(writer.get(), members);
}

std::string pack(const std::string& content, const std::string& filter) {
    const Writer writer(archive_write_new());
    check(writer.get(), archive_write_set_format_raw(writer.get()));
    set_filter(writer.get(), filter);
    return write_members(writer.get(), {{.name = "data", .content = content}});
}

std::string make_raw_zip(const std::vector<RawMember>& members) {
    std::string bytes;
    std::string directory;
    for (const auto& member : members) {
        const std::size_t offset = bytes.size();
        const std::string shared = shared_fields(member);
        bytes += "PK\x03\x04" + shared + member.name + member.content;
        directory += "PK\x01\x02" + number(20, 2) + shared + number(0, 2) + number(0, 2) +
                     number(0, 2) + number(0, 4) + number(offset, 4) + member.name;
    }
    const std::size_t begin = bytes.size();
    return bytes + directory + "PK\x05\x06" + number(0, 4) + number(members.size(), 2) +
           number(members.size(), 2) + number(directory.size(), 4) + number(begin, 4) +
           number(0, 2);
}

}  // namespace reel::support
