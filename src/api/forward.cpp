#include "forward.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <ranges>

#include "reel/async/quietly.hpp"

namespace reel::api {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

constexpr std::chrono::seconds connect_limit{3};
constexpr std::chrono::seconds answer_limit{60};
constexpr std::size_t largest_answer = 256U << 20U;
/// Beast takes 512 at a time where there is no room.
constexpr std::size_t read_bytes = 64U << 10U;

/// Between two neighbours only, or told anew by each.
constexpr std::array<std::string_view, 10> of_one_hop{
    "connection",
    "content-length",
    "content-type",
    "expect",
    "keep-alive",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade"
};

bool is_of_one_hop(std::string_view name) {
    return std::ranges::any_of(of_one_hop, [&](std::string_view each) {
        return beast::iequals(name, each);
    });
}

http::request<http::string_body> to_message(Request request) {
    http::request<http::string_body> message;
    message.version(11);
    message.method_string(request.method);
    message.target(request.target);
    for (const auto& [name, value] : request.headers) {
        if (!is_of_one_hop(name) || name == "content-type") message.set(name, value);
    }
    message.set(forwarded_mark, "1");
    message.body() = std::move(request.body);
    message.prepare_payload();
    return message;
}

Response to_response(http::response<http::string_body> message) {
    Response response{
        .status = static_cast<int>(message.result_int()),
        .content_type = std::string(message[http::field::content_type]),
        .body = std::move(message.body())
    };
    for (const auto& field : message) {
        const std::string name(field.name_string());
        if (!is_of_one_hop(name)) response.headers[name] = std::string(field.value());
    }
    return response;
}

/// "[::1]:80" as well as "host:80".
std::pair<std::string, std::string> parts_of(const std::string& address) {
    const std::size_t colon = address.rfind(':');
    if (colon == std::string::npos) return {address, ""};
    std::string host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return {std::move(host), address.substr(colon + 1)};
}

asio::awaitable<beast::error_code> connect(beast::tcp_stream* stream, std::string address) {
    const auto [host, port] = parts_of(address);
    asio::ip::tcp::resolver resolver(stream->get_executor());
    const auto [unknown, found] = co_await resolver.async_resolve(host, port, async::quietly);
    if (unknown) co_return unknown;
    stream->expires_after(connect_limit);
    const auto [refused, endpoint] = co_await stream->async_connect(found, async::quietly);
    co_return refused;
}

}  // namespace

asio::awaitable<core::Result<Response>> forward(
    asio::any_io_executor executor, std::string address, Request request
) {
    beast::tcp_stream stream(executor);
    if (const auto error = co_await connect(&stream, address)) {
        co_return core::fail(core::Errc::unavailable, error.message(), {}, address);
    }
    const auto message = to_message(std::move(request));
    stream.expires_after(answer_limit);
    const auto [broken, sent] = co_await http::async_write(stream, message, async::quietly);
    beast::flat_buffer buffer;
    buffer.reserve(read_bytes);
    http::response_parser<http::string_body> parser;
    parser.body_limit(largest_answer);
    beast::error_code silent = broken;
    if (!broken) {
        std::tie(silent, std::ignore) =
            co_await http::async_read(stream, buffer, parser, async::quietly);
    }
    if (silent) co_return core::fail(core::Errc::internal, silent.message(), {}, address);
    co_return to_response(parser.release());
}

asio::awaitable<Outcome<Response>> pass_on(Services* services, Request request) {
    constexpr const char* nobody_leads =
        "No scheduler leads at present, so nothing can be changed; try again";
    if (!request.header(forwarded_mark).empty()) co_return reject_without_leader(nobody_leads);
    const auto lease =
        co_await services->pool.run([services] { return services->store.read_lease(); });
    if (!lease.is_held()) co_return reject_without_leader(nobody_leads);
    auto answer = co_await forward(services->executor, lease.holder.address, std::move(request));
    if (answer) co_return *std::move(answer);
    spdlog::warn("api: the leader does not answer, reason={}", answer.error().describe());
    if (answer.error().code == core::Errc::unavailable) {
        co_return reject_without_leader("The scheduler that leads cannot be reached, try again");
    }
    co_return reject(502, "The scheduler did not answer; whether it did what was asked is unknown");
}

}  // namespace reel::api
