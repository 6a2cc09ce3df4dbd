#include "session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <exception>
#include <optional>

#include "application.hpp"
#include "reel/async/quietly.hpp"
#include "reel/core/ascii.hpp"

namespace reel::api {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using namespace boost::asio::experimental::awaitable_operators;

namespace {

constexpr std::size_t read_bytes = 16U << 10U;
using Parser = http::request_parser<http::string_body>;

Request to_request(Parser& parser) {
    auto message = parser.release();
    Request request;
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    for (const auto& field : message) {
        request.headers[core::lowered(field.name_string())] = std::string(field.value());
    }
    request.body = std::move(message.body());
    return request;
}

/// What a request that could not be read is answered with; nothing when its sender is gone.
std::optional<Rejection> answer_to(const beast::error_code& error) {
    if (error == http::error::body_limit) return Rejection{413, "The body is too large"};
    if (error == http::error::header_limit) return Rejection{431, "The header is too large"};
    if (error == http::error::end_of_stream || error == http::error::partial_message) {
        return std::nullopt;
    }
    if (error.category() == make_error_code(http::error::bad_method).category()) {
        return Rejection{400, "The request is not valid HTTP: " + error.message()};
    }
    return std::nullopt;
}

struct Piece {
    std::optional<std::string> text;
    std::exception_ptr failure;
};

/// A failure is a value here: `||` would go on waiting for its other side.
asio::awaitable<Piece> next_piece(Pieces pieces) {
    try {
        co_return Piece{co_await pieces(), nullptr};
    } catch (...) {
        co_return Piece{std::nullopt, std::current_exception()};
    }
}

}  // namespace

struct Session::State {
    beast::tcp_stream stream;
    Application& application;
    SessionLimits limits;
    beast::flat_buffer buffer;
    std::optional<Parser> parser;  ///< of the request at work
    bool is_head = false;          ///< it asks for the header only
    unsigned version = 11;
    bool busy = false;
    bool finishing = false;
    /// Due when the connection has been closed from here.
    asio::steady_timer closed{stream.get_executor(), asio::steady_timer::time_point::max()};

    asio::awaitable<bool> wait_for_request();
    asio::awaitable<beast::error_code> read();
    asio::awaitable<bool> write(Response response, bool keep);
    asio::awaitable<bool> write_pieces(Pieces pieces, bool chunked);
    asio::awaitable<void> refuse(beast::error_code error);
    asio::awaitable<bool> serve_one();
    void close();
};

Session::Session(asio::ip::tcp::socket socket, Application& application, SessionLimits limits)
    : state_(std::make_unique<State>(beast::tcp_stream(std::move(socket)), application, limits)) {
    state_->buffer.max_size(limits.header_bytes + read_bytes);
}

Session::~Session() = default;

void Session::State::close() {
    beast::error_code ignored;
    stream.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    stream.close();
    closed.expires_at(asio::steady_timer::time_point::min());
}

void Session::finish() {
    state_->finishing = true;
    if (!state_->busy) state_->close();
}

void Session::abort() {
    state_->finishing = true;
    state_->close();
}

/// The first byte of a request may be long in coming; the rest of its header may not.
asio::awaitable<bool> Session::State::wait_for_request() {
    if (buffer.size() > 0) co_return true;
    stream.expires_after(limits.idle);
    const auto [error, count] =
        co_await stream.async_read_some(buffer.prepare(read_bytes), async::quietly);
    if (error || finishing) co_return false;
    buffer.commit(count);
    co_return true;
}

asio::awaitable<beast::error_code> Session::State::read() {
    stream.expires_after(limits.header);
    const auto [failed, _] =
        co_await http::async_read_header(stream, buffer, *parser, async::quietly);
    if (failed) co_return failed;
    stream.expires_after(limits.transfer);
    if (beast::iequals(parser->get()[http::field::expect], "100-continue")) {
        const std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        const auto [error, sent] =
            co_await asio::async_write(stream, asio::buffer(go_on), async::quietly);
        if (error) co_return error;
    }
    const auto [error, count] = co_await http::async_read(stream, buffer, *parser, async::quietly);
    co_return error;
}

asio::awaitable<bool> Session::State::write_pieces(Pieces pieces, bool chunked) {
    while (true) {
        stream.expires_never();
        // A piece may be long in coming: one that nobody will read is not waited for.
        auto either = co_await (next_piece(pieces) || closed.async_wait(async::quietly));
        if (either.index() == 1) co_return false;
        const auto& [piece, failure] = std::get<0>(either);
        if (failure) std::rethrow_exception(failure);
        stream.expires_after(limits.transfer);
        if (!piece && !chunked) co_return true;
        if (!piece) {
            const auto [error, n] =
                co_await asio::async_write(stream, http::make_chunk_last(), async::quietly);
            co_return !error;
        }
        if (piece->empty()) continue;
        const auto bytes = asio::buffer(*piece);
        const auto [error, n] =
            chunked ? co_await asio::async_write(stream, http::make_chunk(bytes), async::quietly)
                    : co_await asio::async_write(stream, bytes, async::quietly);
        if (error) co_return false;
    }
}

asio::awaitable<bool> Session::State::write(Response response, bool keep) {
    http::response<http::string_body> message(
        http::int_to_status(static_cast<unsigned>(response.status)), version
    );
    message.set(http::field::server, "Reel");
    if (!response.content_type.empty()) {
        message.set(http::field::content_type, response.content_type);
    }
    for (const auto& [name, value] : response.headers) {
        message.set(name, value);
    }
    const bool chunked = response.pieces && version >= 11;
    message.keep_alive(keep && (!response.pieces || chunked));
    stream.expires_after(limits.transfer);
    if (response.pieces) {
        message.chunked(chunked);
        http::response_serializer<http::string_body> serializer(message);
        const auto [error, n] =
            co_await http::async_write_header(stream, serializer, async::quietly);
        if (error) co_return false;
        if (!is_head && !co_await write_pieces(response.pieces, chunked)) co_return false;
        co_return message.keep_alive();
    }
    if (response.status != 204) message.content_length(response.body.size());
    if (!is_head) message.body() = std::move(response.body);
    http::response_serializer<http::string_body> serializer(message);
    const auto [error, n] =
        is_head ? co_await http::async_write_header(stream, serializer, async::quietly)
                : co_await http::async_write(stream, serializer, async::quietly);
    co_return !error && message.keep_alive();
}

/// Answers what could not be read, then listens a little longer: a connection that is closed while
/// its peer still sends is reset, and the peer never sees the answer.
asio::awaitable<void> Session::State::refuse(beast::error_code error) {
    const auto rejection = answer_to(error);
    if (!rejection) co_return;
    is_head = false;
    co_await write(to_response(*rejection), false);
    beast::error_code ignored;
    stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    std::array<char, read_bytes> waste{};
    stream.expires_after(std::chrono::seconds(1));
    for (int i = 0; i < 256; ++i) {
        const auto [failed, n] =
            co_await stream.async_read_some(asio::buffer(waste), async::quietly);
        if (failed) co_return;
    }
}

/// False when the connection is to be closed.
asio::awaitable<bool> Session::State::serve_one() {
    parser.emplace();
    parser->header_limit(limits.header_bytes);
    parser->body_limit(limits.body_bytes);
    if (const auto error = co_await read()) {
        co_await refuse(error);
        co_return false;
    }
    const bool keep = parser->keep_alive();
    is_head = parser->get().method() == http::verb::head;
    version = parser->get().version();
    stream.expires_never();
    Response response = co_await application.handle(to_request(*parser));
    co_return co_await write(std::move(response), keep && !finishing);
}

asio::awaitable<void> Session::run() {
    while (!state_->finishing && co_await state_->wait_for_request()) {
        state_->busy = true;
        const bool goes_on = co_await state_->serve_one();
        state_->busy = false;
        if (!goes_on) break;
    }
    state_->close();
}

}  // namespace reel::api
