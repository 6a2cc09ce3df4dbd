#include "transport.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <chrono>
#include <optional>

namespace reel::cli {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

constexpr std::chrono::seconds connect_limit{5};
constexpr std::chrono::seconds answer_limit{60};
constexpr std::size_t largest_answer = 256U << 20U;
constexpr std::size_t read_bytes = 64U << 10U;

class BeastTransport final : public Transport {
  public:
    explicit BeastTransport(Address address) : address_(std::move(address)) {}

    core::Result<HttpReply> send(const HttpCall& call) override {
        // A kept connection may have died unnoticed; only what can be repeated is tried on it.
        if (stream_ && call.method == "GET") {
            auto reply = exchange(call);
            if (reply || reply.error().code == core::Errc::timed_out) return reply;
        }
        if (auto connected = connect(); !connected) return std::unexpected(connected.error());
        return exchange(call);
    }

  private:
    core::Result<void> connect();
    core::Result<HttpReply> exchange(const HttpCall& call);
    [[nodiscard]] core::Error failure(const beast::error_code& error) const;

    /// Runs one asynchronous operation to its end; the stream's own timer bounds it.
    template <class Start>
    beast::error_code wait_for(std::chrono::seconds limit, Start start) {
        beast::error_code result;
        stream_->expires_after(limit);
        start([&result](const beast::error_code& error, auto&&...) { result = error; });
        io_.restart();
        io_.run();
        return result;
    }

    Address address_;
    asio::io_context io_{1};
    std::optional<beast::tcp_stream> stream_;
    beast::flat_buffer buffer_;
};

core::Error BeastTransport::failure(const beast::error_code& error) const {
    if (error == beast::error::timeout) {
        return {
            core::Errc::timed_out,
            "the Reel server at " + address_.url() + " does not answer",
            "",
            ""
        };
    }
    return {
        core::Errc::unavailable,
        "no Reel server answers at " + address_.url(),
        "",
        "start one with `reel standalone`, or set REEL_API_URL to where it is"
    };
}

core::Result<void> BeastTransport::connect() {
    stream_.reset();
    buffer_.clear();
    beast::error_code error;
    asio::ip::tcp::resolver resolver(io_);
    const auto found = resolver.resolve(address_.host, address_.port, error);
    if (error) return std::unexpected(failure(error));
    stream_.emplace(io_);
    error = wait_for(connect_limit, [&](auto done) { stream_->async_connect(found, done); });
    if (!error) stream_->socket().set_option(asio::ip::tcp::no_delay(true), error);
    if (!error) return {};
    stream_.reset();
    return std::unexpected(failure(error));
}

core::Result<HttpReply> BeastTransport::exchange(const HttpCall& call) {
    http::request<http::string_body> request;
    request.version(11);
    request.method_string(call.method);
    request.target(call.target);
    request.set(http::field::host, address_.authority());
    request.set(http::field::user_agent, "reel-cli");
    for (const auto& [name, value] : call.headers) {
        request.set(name, value);
    }
    request.body() = call.body;
    request.prepare_payload();
    http::response_parser<http::string_body> parser;
    parser.body_limit(largest_answer);
    beast::error_code error =
        wait_for(answer_limit, [&](auto done) { http::async_write(*stream_, request, done); });
    if (!error) {
        // Beast reads as much as there is room for, and 512 bytes at a time where there is none.
        buffer_.reserve(read_bytes);
        error = wait_for(answer_limit, [&](auto done) {
            http::async_read(*stream_, buffer_, parser, done);
        });
    }
    if (error) {
        stream_.reset();
        return std::unexpected(failure(error));
    }
    if (!parser.get().keep_alive()) stream_.reset();
    auto answer = parser.release();
    return HttpReply{static_cast<int>(answer.result_int()), std::move(answer.body())};
}

}  // namespace

std::string Address::authority() const {
    const bool is_v6 = host.find(':') != std::string::npos;
    return (is_v6 ? "[" + host + "]" : host) + ":" + port;
}

std::string Address::url() const {
    return "http://" + authority();
}

namespace {

bool is_port(const std::string& text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number >= 1 &&
           number <= 65535;
}

}  // namespace

core::Result<Address> parse_address(const std::string& url) {
    const std::size_t user_end = url.rfind('@');  // a password may stand before it
    const std::string shown = user_end == std::string::npos ? url : "…" + url.substr(user_end);
    const auto refuse = [&] {
        return core::fail(
            core::Errc::unsupported,
            "REEL_API_URL is not an address that Reel can use: " + shown,
            "write it as http://HOST:PORT"
        );
    };
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) return refuse();
    std::string rest = url.substr(scheme.size());
    while (rest.ends_with('/')) {
        rest.pop_back();
    }
    if (rest.empty() || rest.find_first_of("/?#@ ") != std::string::npos) return refuse();
    Address address{.host = rest, .port = "80"};
    const std::size_t colon = rest.rfind(':');
    if (colon != std::string::npos && !rest.ends_with(']')) {
        address.host = rest.substr(0, colon);
        address.port = rest.substr(colon + 1);
    }
    const bool is_v6 = address.host.starts_with('[') && address.host.ends_with(']');
    if (is_v6) address.host = address.host.substr(1, address.host.size() - 2);
    const bool odd = address.host.find_first_of(is_v6 ? "[]" : "[]:") != std::string::npos;
    if (address.host.empty() || odd || !is_port(address.port)) return refuse();
    return address;
}

std::unique_ptr<Transport> make_transport(Address address) {
    return std::make_unique<BeastTransport>(std::move(address));
}

}  // namespace reel::cli
