#include "faulty_wire.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <utility>

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
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::uint32_t length_at(std::string_view bytes) {
    std::uint32_t length = 0;
    for (const char c : bytes.substr(0, 4)) length = length << 8U | static_cast<unsigned char>(c);
    return length;
}

/// A message of the client: its type, its length, its text.
std::string message(char type, std::string_view text) {
    const auto length = static_cast<std::uint32_t>(text.size() + 5);
    std::string bytes(1, type);
    for (int shift = 24; shift >= 0; shift -= 8) {
        bytes += static_cast<char>(length >> static_cast<unsigned>(shift) & 0xFFU);
    }
    return bytes.append(text) + '\0';
}

/// The texts in it, for people and for plans.
std::string words_of(std::string_view messages) {
    std::string words;
    for (const char c : messages) words += c >= ' ' && c < '\x7F' ? c : ' ';
    return words;
}

}  // namespace

/// One client and its connection to the server.
class WireSession final {
  public:
    WireSession(FaultyWire& wire, int client)
        : wire_(wire), client_(client), server_(make_socket()) {}
    WireSession(const WireSession&) = delete;
    WireSession& operator=(const WireSession&) = delete;
    ~WireSession() {
        close(client_);
        close(server_);
    }

    void run(const std::stop_token& stop) {
        const auto address = address_of(wire_.server());
        bool open = connect(server_, generic(address), sizeof(address)) == 0;
        while (open && !stop.stop_requested()) {
            std::array<pollfd, 2> ends{{{client_, POLLIN, 0}, {server_, POLLIN, 0}}};
            if (poll(ends.data(), ends.size(), 50) == 0) continue;
            open =
                (ends[0].revents == 0 || from_client()) && (ends[1].revents == 0 || from_server());
        }
    }

  private:
    bool from_server() {
        const auto bytes = receive(server_);
        return !bytes.empty() && !is_cut_ && send_all(client_, bytes);
    }

    bool from_client() {
        const auto bytes = receive(client_);
        if (bytes.empty()) return false;
        unread_ += bytes;
        while (const std::size_t size = next_message()) {
            const std::string whole = unread_.substr(0, size);
            unread_.erase(0, size);
            if (!pass_on(whole)) return false;
        }
        return true;
    }

    /// The size of the first message once it is there whole; the very first one has no type.
    [[nodiscard]] std::size_t next_message() const {
        const std::size_t head = has_begun_ ? 1 : 0;
        if (unread_.size() < head + 4) return 0;
        const std::size_t size = head + length_at(std::string_view(unread_).substr(head));
        return unread_.size() < size ? 0 : size;
    }

    bool pass_on(const std::string& whole) {
        if (!std::exchange(has_begun_, true)) return send_all(server_, whole);
        const char type = whole[0];
        const bool is_of_group = std::strchr("PBDECH", type) != nullptr;
        if (is_of_group) {
            group_ += whole;
            return type != 'H' || send_all(server_, std::exchange(group_, {}));
        }
        if (type != 'Q' && type != 'S' && type != 'c') return send_all(server_, whole);
        return carry_out(std::exchange(group_, {}) + whole, type);
    }

    bool carry_out(const std::string& statement, char type) {
        const auto plan = wire_.plan_of(type == 'c' ? "(end of COPY)" : words_of(statement));
        switch (plan ? plan->fault : Fault::none) {
            case Fault::none:
                return send_all(server_, statement);
            case Fault::cut_before:
                return false;
            case Fault::cut_after:
                is_cut_ = true;  // the next that the server says ends it
                return send_all(server_, statement);
            case Fault::refuse:
                break;
        }
        if (type == 'c') return send_all(server_, message('f', "refused"));
        return send_all(
            server_,
            message(
                'Q',
                "do $$ begin raise exception 'refused by the test' using errcode = '" +
                    plan->sqlstate + "'; end $$"
            )
        );
    }

    static std::string receive(int from) {
        std::string buffer(65536, '\0');
        const auto size = recv(from, buffer.data(), buffer.size(), 0);
        buffer.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        return buffer;
    }

    FaultyWire& wire_;
    int client_;
    int server_;
    std::string unread_;
    std::string group_;
    bool has_begun_ = false;
    bool is_cut_ = false;
};

FaultyWire::FaultyWire(fs::path folder, fs::path server, const std::string& port)
    : server_(std::move(server)), listener_(make_socket()) {
    const auto address = address_of(folder / (".s.PGSQL." + port));
    if (bind(listener_, generic(address), sizeof(address)) != 0 || listen(listener_, 8) != 0) {
        throw std::runtime_error("cannot listen in " + folder.string());
    }
    server_thread_ = std::thread([this] { serve(); });
}

FaultyWire::~FaultyWire() {
    shutdown(listener_, SHUT_RDWR);
    server_thread_.join();
    sessions_.clear();
    close(listener_);
}

void FaultyWire::serve() {
    for (int client = 0; (client = accept(listener_, nullptr, nullptr)) >= 0;) {
        sessions_.emplace_back([this, client](const std::stop_token& stop) {
            WireSession(*this, client).run(stop);
        });
    }
}

void FaultyWire::plan(FaultPlan plan) {
    const std::scoped_lock lock(mutex_);
    plan_ = std::move(plan);
    statements_ = 0;
    met_.clear();
}

int FaultyWire::statements() const {
    const std::scoped_lock lock(mutex_);
    return statements_;
}

std::string FaultyWire::met() const {
    const std::scoped_lock lock(mutex_);
    return met_;
}

std::optional<FaultPlan> FaultyWire::plan_of(std::string_view statement) {
    const std::scoped_lock lock(mutex_);
    ++statements_;
    const bool is_meant =
        statements_ == plan_.statement || (!plan_.sql.empty() && statement.contains(plan_.sql));
    if (!is_meant || !met_.empty()) return std::nullopt;
    met_ = statement.substr(0, 160);
    return plan_;
}

void fail_each_statement(FaultyWire& wire, FaultPlan plan, const std::function<void()>& play) {
    wire.plan({});
    play();
    const int statements = wire.statements();
    ASSERT_GT(statements, 0);
    for (plan.statement = 1; plan.statement <= statements; ++plan.statement) {
        wire.plan(plan);
        play();
        EXPECT_NE(wire.met(), "") << "statement " << plan.statement << " never came";
        if (testing::Test::HasFailure()) {
            FAIL() << "statement " << plan.statement << ": " << wire.met();
        }
    }
}

}  // namespace reel::warehouse
