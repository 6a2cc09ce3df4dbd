#include "scripted_mail_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <stdexcept>
#include <utility>

namespace reel::fetch {

namespace {

/// One line at a time; nullopt when the other side is gone.
class LineReader final {
  public:
    LineReader(int connection, const std::atomic<bool>& stopping)
        : connection_(connection), stopping_(stopping) {}

    std::optional<std::string> next() {
        while (!buffer_.contains("\r\n")) {
            pollfd waiting{.fd = connection_, .events = POLLIN, .revents = 0};
            if (stopping_) return std::nullopt;
            if (::poll(&waiting, 1, 10) <= 0) continue;
            char bytes[4096];
            const ssize_t count = ::recv(connection_, bytes, sizeof bytes, 0);
            if (count <= 0) return std::nullopt;
            buffer_.append(bytes, static_cast<std::size_t>(count));
        }
        const std::size_t end = buffer_.find("\r\n");
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 2);
        return line;
    }

  private:
    int connection_;
    const std::atomic<bool>& stopping_;
    std::string buffer_;
};

}  // namespace

ScriptedMailServer::ScriptedMailServer(std::map<std::string, std::string> answers)
    : answers_(std::move(answers)) {
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

ScriptedMailServer::~ScriptedMailServer() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
}

std::vector<std::string> ScriptedMailServer::commands() const {
    const std::lock_guard lock(mutex_);
    return commands_;
}

std::string ScriptedMailServer::mail() const {
    const std::lock_guard lock(mutex_);
    return mail_;
}

void ScriptedMailServer::serve() {
    while (!stopping_) {
        pollfd waiting{.fd = listener_, .events = POLLIN, .revents = 0};
        if (::poll(&waiting, 1, 10) <= 0) continue;
        const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) continue;
        talk(connection);
        ::close(connection);
    }
}

void ScriptedMailServer::say(int connection, const std::string& command, const std::string& usual) {
    const auto found = answers_.find(command);
    const std::string text = (found == answers_.end() ? usual : found->second) + "\r\n";
    if (text.starts_with("SILENT")) return;
    (void)::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
}

void ScriptedMailServer::talk(int connection) {
    LineReader lines(connection, stopping_);
    say(connection, "greeting", "220 scripted");
    while (const auto line = lines.next()) {
        const std::string command = line->substr(0, 4);
        {
            const std::lock_guard lock(mutex_);
            commands_.push_back(*line);
        }
        if (command == "EHLO") {
            say(connection, command, "250-scripted\r\n250 AUTH PLAIN LOGIN");
        } else if (command == "AUTH") {
            // What a client logs in with may come in a line of its own.
            if (line->find(' ') == line->rfind(' ') && !answers_.contains(command)) {
                say(connection, "", "334 ");
                (void)lines.next();
            }
            say(connection, command, "235 welcome");
        } else if (command == "DATA") {
            say(connection, command, "354 go on");
            if (answers_.contains(command)) continue;
            while (const auto text = lines.next()) {
                if (*text == ".") break;
                const std::lock_guard lock(mutex_);
                mail_ += *text + "\n";
            }
            say(connection, "mail", "250 taken");
        } else if (command == "QUIT") {
            say(connection, command, "221 bye");
            return;
        } else {
            say(connection, command, "250 fine");
        }
    }
}

}  // namespace reel::fetch
