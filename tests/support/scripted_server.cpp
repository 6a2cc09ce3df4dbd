#include "support/scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace reel::support {

namespace {

std::string read_head(int connection) {
    std::string head;
    char bytes[4096];
    while (!head.contains("\r\n\r\n")) {
        const ssize_t count = ::recv(connection, bytes, sizeof bytes, 0);
        if (count <= 0) return "";
        head.append(bytes, static_cast<std::size_t>(count));
    }
    return head;
}

HttpRequest parse_request(const std::string& head) {
    HttpRequest request;
    std::istringstream lines(head);
    std::string line;
    lines >> request.method >> request.target;
    std::getline(lines, line);
    while (std::getline(lines, line) && line != "\r") {
        const std::size_t colon = line.find(':');
        std::string name = line.substr(0, colon);
        std::ranges::transform(name, name.begin(), [](unsigned char letter) {
            return static_cast<char>(std::tolower(letter));
        });
        const std::string value = line.substr(std::min(colon + 2, line.size()));
        request.headers[name] = value.substr(0, value.find('\r'));
    }
    return request;
}

std::string render(const HttpReply& reply) {
    std::string text = "HTTP/1.1 " + std::to_string(reply.status) + " Scripted\r\n";
    for (const auto& header : reply.headers) text += header + "\r\n";
    if (!reply.without_length) {
        const long length =
            reply.claimed_length >= 0 ? reply.claimed_length : static_cast<long>(reply.body.size());
        text += "Content-Length: " + std::to_string(length) + "\r\n";
    }
    return text + "Connection: close\r\n\r\n" + reply.body;
}

}  // namespace

ScriptedServer::ScriptedServer(Script script) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, generic, &size) != 0) {
        throw std::runtime_error("no port to listen on");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

ScriptedServer::~ScriptedServer() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
}

std::string ScriptedServer::url(const std::string& target) const {
    return "http://127.0.0.1:" + std::to_string(port_) + target;
}

std::vector<HttpRequest> ScriptedServer::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

void ScriptedServer::serve() {
    while (!stopping_) {
        pollfd waiting{.fd = listener_, .events = POLLIN, .revents = 0};
        if (::poll(&waiting, 1, 10) <= 0) continue;
        const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) continue;
        answer(connection);
        ::close(connection);
    }
}

void ScriptedServer::answer(int connection) {
    const std::string head = read_head(connection);
    if (head.empty()) return;
    const HttpRequest request = parse_request(head);
    int number = 0;
    {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        number = static_cast<int>(requests_.size());
    }
    const HttpReply reply = script_(request, number);
    if (reply.says_nothing) return;
    const std::string bytes = render(reply);
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const ssize_t count =
            ::send(connection, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (count <= 0) return;
        sent += static_cast<std::size_t>(count);
    }
    // Silent until the client gives up.
    while (reply.stalls && !stopping_) {
        pollfd waiting{.fd = connection, .events = POLLIN, .revents = 0};
        if (::poll(&waiting, 1, 10) > 0) return;
    }
}

HttpReply serve_content(
    const HttpRequest& request, const std::string& content, const std::string& etag
) {
    HttpReply reply{.headers = {"ETag: " + etag}, .body = content};
    const auto header = [&request](const std::string& name) {
        const auto found = request.headers.find(name);
        return found == request.headers.end() ? std::string() : found->second;
    };
    if (header("if-none-match") == etag) {
        reply.status = 304;
        reply.body.clear();
        reply.without_length = true;
        return reply;
    }
    const std::string range = header("range");
    if (range.empty() || (!header("if-range").empty() && header("if-range") != etag)) return reply;
    const std::size_t begin = std::stoul(range.substr(range.find('=') + 1));
    if (begin >= content.size()) {
        reply.status = 416;
        reply.headers.push_back("Content-Range: bytes */" + std::to_string(content.size()));
        reply.body.clear();
        return reply;
    }
    reply.status = 206;
    reply.body = content.substr(begin);
    reply.headers.push_back(
        "Content-Range: bytes " + std::to_string(begin) + "-" + std::to_string(content.size() - 1) +
        "/" + std::to_string(content.size())
    );
    return reply;
}

}  // namespace reel::support
