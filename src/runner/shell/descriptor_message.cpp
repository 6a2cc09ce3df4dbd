#include "descriptor_message.hpp"

#include <sys/socket.h>

#include <array>
#include <cassert>
#include <cstring>

#include "words.hpp"

namespace reel::runner {

bool send_descriptors(
    const UniqueFd& socket, std::string_view message, std::span<const int> descriptors
) {
    assert(descriptors.size() <= most_asked);
    alignas(cmsghdr) std::array<char, CMSG_SPACE(most_asked * sizeof(int))> control{};
    // sendmsg promises not to write to it; its signature is older than const.
    iovec bytes{.iov_base = const_cast<char*>(message.data()), .iov_len = message.size()};
    msghdr head{};
    head.msg_iov = &bytes;
    head.msg_iovlen = 1;
    head.msg_control = control.data();
    head.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* const passed = CMSG_FIRSTHDR(&head);
    passed->cmsg_level = SOL_SOCKET;
    passed->cmsg_type = SCM_RIGHTS;
    passed->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(passed), descriptors.data(), descriptors.size_bytes());
    const auto sent = ::sendmsg(socket.get(), &head, MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent == static_cast<ssize_t>(message.size());
}

}  // namespace reel::runner
