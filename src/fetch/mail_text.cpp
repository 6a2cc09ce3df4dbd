#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "reel/fetch/mail.hpp"

namespace reel::fetch {

namespace {

std::string base64(std::string_view text) {
    std::string encoded((text.size() + 2) / 3 * 4 + 1, '\0');
    const std::vector<unsigned char> bytes(text.begin(), text.end());
    std::vector<unsigned char> out(encoded.size());
    const int length = EVP_EncodeBlock(out.data(), bytes.data(), static_cast<int>(bytes.size()));
    encoded.assign(out.begin(), out.begin() + length);
    return encoded;
}

bool is_plain_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

/// RFC 2047: other than ASCII goes in words of at most 75 characters. A word must not part a
/// character of UTF-8.
std::string header_text(std::string_view text) {
    constexpr std::size_t most_bytes = 45;
    if (is_plain_ascii(text)) return std::string(text);
    std::string words;
    while (!text.empty()) {
        std::size_t length = std::min(most_bytes, text.size());
        while (length < text.size() && length > 1 &&
               (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) {
            --length;
        }
        words += fmt::format(
            "{}=?utf-8?B?{}?=", words.empty() ? "" : "\r\n ", base64(text.substr(0, length))
        );
        text.remove_prefix(length);
    }
    return words;
}

/// A template may give several lines; a header has one.
std::string one_line(std::string text) {
    std::ranges::replace_if(text, [](char c) { return c == '\r' || c == '\n' || c == '\t'; }, ' ');
    return text;
}

std::string date_text(core::Timestamp at) {
    constexpr std::array weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
    return fmt::format(
        "{}, {:02} {} {} {:02}:{:02}:{:02} +0000",
        weekdays.at(std::chrono::weekday(day).c_encoding()),
        static_cast<unsigned>(date.day()),
        months.at(static_cast<unsigned>(date.month()) - 1),
        static_cast<int>(date.year()),
        time.hours().count(),
        time.minutes().count(),
        time.seconds().count()
    );
}

core::Result<void> check_address(const std::string& address) {
    const bool fits = is_plain_ascii(address) && address.contains('@') &&
                      address.find_first_of("<>, ;\"") == std::string::npos;
    if (fits) return {};
    return core::fail(
        core::Errc::invalid_argument,
        fmt::format("'{}' is no mail address", one_line(address)),
        "write it as name@host"
    );
}

core::Result<void> check_addresses(const Mail& mail) {
    if (auto from = check_address(mail.from); !from) return from;
    if (mail.to.empty()) return core::fail(core::Errc::invalid_argument, "the mail is to nobody");
    for (const auto* list : {&mail.to, &mail.cc}) {
        for (const std::string& address : *list) {
            if (auto valid = check_address(address); !valid) return valid;
        }
    }
    return {};
}

std::string lines_of_base64(std::string_view text) {
    constexpr std::size_t width = 76;
    const std::string whole = base64(text);
    std::string lines;
    for (std::size_t at = 0; at < whole.size(); at += width) {
        lines += whole.substr(at, width) + "\r\n";
    }
    return lines;
}

}  // namespace

core::Result<std::string> mail_text(const Mail& mail) {
    if (auto valid = check_addresses(mail); !valid) return std::unexpected(valid.error());
    const std::size_t first = mail.body.find_first_not_of(" \t\r\n");
    const bool is_html = first != std::string::npos && mail.body[first] == '<';
    std::string text = fmt::format(
        "Date: {}\r\nFrom: {}\r\nTo: {}\r\n",
        date_text(mail.date),
        mail.from,
        fmt::join(mail.to, ", ")
    );
    if (!mail.cc.empty()) text += fmt::format("Cc: {}\r\n", fmt::join(mail.cc, ", "));
    text += fmt::format(
        "Subject: {}\r\nMessage-ID: {}\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        header_text(one_line(mail.subject)),
        mail.message_id,
        is_html ? "html" : "plain"
    );
    return text + lines_of_base64(mail.body);
}

}  // namespace reel::fetch
