#include "integration/api/http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace reel::api {

namespace {

constexpr std::chrono::seconds patience{10};

std::size_t declared_length(const std::string& header) {
    const std::size_t at = header.find("Content-Length: ");
    return at == std::string::npos ? 0 : std::stoul(header.substr(at + 16));
}

}  // namespace

RawConnection::RawConnection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error("the server under test does not accept");
    }
}

RawConnection::~RawConnection() {
    ::close(socket_);
}

void RawConnection::send(const std::string& bytes) const {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const auto count = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (count <= 0) return;  // the server may refuse before it has read all
        sent += static_cast<std::size_t>(count);
    }
}

void RawConnection::close_sending() const {
    ::shutdown(socket_, SHUT_WR);
}

bool RawConnection::read_more(std::chrono::milliseconds limit) {
    pollfd ready{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, static_cast<int>(limit.count())) != 1) {
        throw std::runtime_error("the server under test did not answer in time");
    }
    std::string piece(65536, '\0');
    const auto count = ::recv(socket_, piece.data(), piece.size(), 0);
    if (count <= 0) return false;
    buffer_.append(piece, 0, static_cast<std::size_t>(count));
    return true;
}

std::string RawConnection::read_response(bool head) {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
        if (!read_more(patience)) return std::exchange(buffer_, "");
    }
    const std::string header = buffer_.substr(0, end);
    std::size_t size = end + 4 + (head ? 0 : declared_length(header));
    if (!head && header.find("chunked") != std::string::npos) {
        while (buffer_.find("\r\n0\r\n\r\n", end) == std::string::npos) {
            if (!read_more(patience)) break;
        }
        size = buffer_.find("\r\n0\r\n\r\n", end) + 7;
    }
    while (buffer_.size() < size) {
        if (!read_more(patience)) break;
    }
    const std::string response = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return response;
}

std::string RawConnection::read_chunk() {
    while (buffer_.find("\r\n") == std::string::npos && read_more(patience)) {
    }
    const std::size_t line = buffer_.find("\r\n");
    if (line == std::string::npos) return "";
    const std::size_t size = std::stoul(buffer_, nullptr, 16);
    while (buffer_.size() < line + 2 + size + 2 && read_more(patience)) {
    }
    const std::string chunk = buffer_.substr(line + 2, size);
    buffer_.erase(0, line + 2 + size + 2);
    return chunk;
}

std::string RawConnection::read_to_end() {
    while (read_more(patience)) {
    }
    return std::exchange(buffer_, "");
}

bool RawConnection::closes_within(std::chrono::milliseconds limit) {
    try {
        while (read_more(limit)) {
        }
        return true;
    } catch (const std::runtime_error&) {
        return false;
    }
}

int status_of(const std::string& response) {
    return response.starts_with("HTTP/1.") ? std::stoi(response.substr(9, 3)) : 0;
}

std::string body_of(const std::string& response) {
    const std::size_t end = response.find("\r\n\r\n");
    return end == std::string::npos ? "" : response.substr(end + 4);
}

}  // namespace reel::api
