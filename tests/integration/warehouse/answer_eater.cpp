#include "answer_eater.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace reel::warehouse {

namespace {

namespace fs = std::filesystem;

sockaddr_un address_of(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto text = path.string();
    if (text.size() >= sizeof(address.sun_path)) {
        throw std::runtime_error("socket path too long: " + text);
    }
    std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
    return address;
}

const sockaddr* generic(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

int make_socket() {
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

bool send_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

}  // namespace

AnswerEater::AnswerEater(fs::path folder, fs::path server, const std::string& port)
    : server_(std::move(server)), listener_(make_socket()) {
    const auto address = address_of(folder / (".s.PGSQL." + port));
    if (bind(listener_, generic(address), sizeof(address)) != 0 || listen(listener_, 8) != 0) {
        throw std::runtime_error("cannot listen in " + folder.string());
    }
    server_thread_ = std::thread([this] { serve(); });
}

AnswerEater::~AnswerEater() {
    shutdown(listener_, SHUT_RDWR);
    server_thread_.join();
    close(listener_);
}

/// Publishers connect one after the other, so one connection at a time is enough.
void AnswerEater::serve() {
    for (int client = 0; (client = accept(listener_, nullptr, nullptr)) >= 0;) {
        pass_on(client);
        close(client);
    }
}

void AnswerEater::pass_on(int client) {
    const int server = make_socket();
    const auto address = address_of(server_);
    bool committing = false;
    bool open = connect(server, generic(address), sizeof(address)) == 0;
    std::array<char, 65536> buffer{};
    while (open) {
        std::array<pollfd, 2> ends{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
        poll(ends.data(), ends.size(), -1);
        const bool from_client = ends[0].revents != 0;
        const auto size = recv(from_client ? client : server, buffer.data(), buffer.size(), 0);
        const std::string_view bytes(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
        const bool swallow = !from_client && committing && !bytes.empty();
        if (swallow) {
            eaten_ = true;
        }
        committing = committing || (from_client && !eaten_ && bytes.contains("commit"));
        open = !bytes.empty() && !swallow && send_all(from_client ? server : client, bytes);
    }
    close(server);
}

}  // namespace reel::warehouse
