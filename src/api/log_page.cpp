#include "log_page.hpp"

#include <algorithm>
#include <fstream>
#include <string_view>

#include "reel/core/time.hpp"

namespace reel::api {

namespace {

/// Whether a line begins with the stamp that Reel writes, "2026-11-21T07:00:00.123Z ", and nothing
/// like it: another time at the front of a line is the task's own word.
bool is_stamped(std::string_view line) {
    constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd.dddZ ";
    if (line.size() < form.size()) return false;
    for (std::size_t i = 0; i < form.size(); ++i) {
        const bool fits = form[i] == 'd' ? line[i] >= '0' && line[i] <= '9' : line[i] == form[i];
        if (!fits) return false;
    }
    return core::parse_timestamp(line.substr(0, form.size() - 1)).has_value();
}

/// "2026-11-21T07:00:00.123Z text" → its time and the text; a line without one is all text. Put
/// together again both are the line, letter by letter.
nlohmann::json message(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!is_stamped(line)) return {{"timestamp", nullptr}, {"event", line}};
    const std::size_t blank = line.find(' ');
    return {{"timestamp", line.substr(0, blank)}, {"event", line.substr(blank + 1)}};
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

bool log_tells(const std::filesystem::path& file, std::string_view text) {
    constexpr std::streamoff tail = 1 << 16;
    std::ifstream stream(file, std::ios::binary | std::ios::ate);
    if (!stream) return false;
    const std::streamoff size = stream.tellg();
    std::string end(static_cast<std::size_t>(std::min(size, tail)), '\0');
    stream.seekg(size - static_cast<std::streamoff>(end.size()));
    stream.read(end.data(), static_cast<std::streamsize>(end.size()));
    return end.contains(text.substr(0, text.find('\n')));
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
