#include "system_zones.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

namespace reel::core {
namespace {

namespace fs = std::filesystem;

constexpr Minute day = 24 * 60;

bool is_zone_file(const fs::directory_entry& entry) {
    if (!entry.is_regular_file()) return false;
    std::ifstream file(entry.path(), std::ios::binary);
    std::string magic(4, ' ');
    file.read(magic.data(), 4);
    return magic == "TZif";
}

std::vector<std::string> zone_names() {
    const fs::path folder = "/usr/share/zoneinfo";
    std::vector<std::string> names;
    for (auto it = fs::recursive_directory_iterator(folder); it != fs::end(it); ++it) {
        const std::string name = fs::relative(it->path(), folder).string();
        // The same zones under other rules for leap seconds, and no zones of their own.
        if (name == "posix" || name == "right") it.disable_recursion_pending();
        if (name == "posixrules" || name == "localtime" || name == "Factory") continue;
        if (is_zone_file(*it)) names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
}

Minute east_at(Minute at) {
    const std::time_t seconds = at * 60;
    std::tm wall{};
    localtime_r(&seconds, &wall);
    return wall.tm_gmtoff / 60;
}

Offsets read_offsets(const std::string& name, Minute begin, Minute end) {
    setenv("TZ", (":" + name).c_str(), 1);
    tzset();
    Offsets offsets{{begin, east_at(begin)}};
    for (Minute at = begin; at < end; at += day) {
        if (east_at(at + day) == offsets.back().east) continue;
        Minute before = at;
        Minute behind = at + day;
        while (behind - before > 1) {
            const Minute middle = (before + behind) / 2;
            (east_at(middle) == offsets.back().east ? before : behind) = middle;
        }
        offsets.push_back({behind, east_at(behind)});
    }
    return offsets;
}

}  // namespace

std::map<Offsets, std::vector<std::string>> zones_by_offsets(Minute begin, Minute end) {
    const char* before = std::getenv("TZ");
    const std::string kept = before == nullptr ? "" : before;
    std::map<Offsets, std::vector<std::string>> zones;
    for (const std::string& name : zone_names()) {
        zones[read_offsets(name, begin, end)].push_back(name);
    }
    before == nullptr ? unsetenv("TZ") : setenv("TZ", kept.c_str(), 1);
    tzset();
    return zones;
}

}  // namespace reel::core
