#include "log_page.hpp"

#include <fstream>
#include <string_view>

#include "reel/core/time.hpp"

namespace reel::api {

namespace {

/// "2026-11-21T07:00:00.123Z text" → its time and the text; a line without one is all text.
nlohmann::json message(std::string_view line) {
    constexpr std::size_t shortest = std::string_view("2026-11-21T07:00:00").size();
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t blank = line.find(' ');
    const bool dated = blank != std::string_view::npos && blank >= shortest && blank < 40 &&
                       line[4] == '-' && line[10] == 'T';
    if (dated) {
        if (const auto at = core::parse_timestamp(line.substr(0, blank))) {
            return {{"timestamp", core::format_api(*at)}, {"event", line.substr(blank + 1)}};
        }
    }
    return {{"timestamp", nullptr}, {"event", line}};
}

}  // namespace

LogPage read_log_page(
    const std::filesystem::path& file, std::uint64_t offset, std::size_t limit, bool complete
) {
    LogPage page{.next = offset};
    std::ifstream stream(file, std::ios::binary | std::ios::ate);
    if (!stream) {
        page.missing = true;
        page.at_end = true;
        return page;
    }
    const auto size = static_cast<std::uint64_t>(stream.tellg());
    if (offset >= size) {
        page.at_end = true;
        return page;
    }
    page.text.resize(static_cast<std::size_t>(std::min<std::uint64_t>(limit, size - offset)));
    stream.seekg(static_cast<std::streamoff>(offset));
    stream.read(page.text.data(), static_cast<std::streamsize>(page.text.size()));
    page.text.resize(static_cast<std::size_t>(stream.gcount()));
    const bool reaches_end = offset + page.text.size() >= size;
    const std::size_t last_break = page.text.rfind('\n');
    if (last_break != std::string::npos && !(reaches_end && complete)) {
        page.text.resize(last_break + 1);
    } else if (reaches_end && !complete && last_break == std::string::npos) {
        page.text.clear();
    }
    page.next = offset + page.text.size();
    page.at_end = page.next >= size;
    return page;
}

nlohmann::json log_messages(const std::string& text) {
    nlohmann::json messages = nlohmann::json::array();
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        messages.push_back(message(rest.substr(0, end)));
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    return messages;
}

}  // namespace reel::api
