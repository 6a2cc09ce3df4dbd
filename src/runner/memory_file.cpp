#include "reel/runner/memory_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>

namespace reel::runner {

UniqueFd out_of_the_way(UniqueFd fd, int first) {
    if (!fd || fd.get() >= first) return fd;
    return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, first));
}

core::Result<UniqueFd> make_memory_file(const std::string& name) {
    auto fd =
        out_of_the_way(UniqueFd(::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING)));
    if (!fd) return fail_errno("cannot make a memfd");
    return fd;
}

core::Result<UniqueFd> make_memory_file(const std::string& name, std::string_view content) {
    auto fd = make_memory_file(name);
    if (!fd) return fd;
    while (!content.empty()) {
        const ssize_t written = ::write(fd->get(), content.data(), content.size());
        if (written < 0) return fail_errno("cannot hand over the input");
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    constexpr int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    if (::lseek(fd->get(), 0, SEEK_SET) != 0 || ::fcntl(fd->get(), F_ADD_SEALS, seals) != 0) {
        return fail_errno("cannot hand over the input");
    }
    return fd;
}

}  // namespace reel::runner
