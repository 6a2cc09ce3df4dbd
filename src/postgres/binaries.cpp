#include "binaries.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace reel::postgres {

namespace {

namespace fs = std::filesystem;

bool has_server(const fs::path& folder) {
    return std::ranges::all_of(
        std::initializer_list<const char*>{"initdb", "postgres"},
        [&](auto name) { return ::access((folder / name).c_str(), X_OK) == 0; }
    );
}

double version_number(const std::string& name) {
    double number = 0;
    std::from_chars(name.data(), name.data() + name.size(), number);
    return number;
}

std::vector<fs::path> newest_first(const fs::path& versions) {
    std::vector<fs::path> folders;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(versions, ignored)) {
        folders.push_back(entry.path());
    }
    std::ranges::sort(folders, std::ranges::greater{}, [](const fs::path& folder) {
        return version_number(folder.filename().string());
    });
    for (fs::path& folder : folders) folder /= "bin";
    return folders;
}

std::vector<fs::path> split_search_path(std::string_view text) {
    std::vector<fs::path> folders;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(':'), text.size());
        if (end > 0) folders.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return folders;
}

std::vector<fs::path> candidates(const BinarySearch& search) {
    if (!search.folder.empty()) return {search.folder};
    std::vector<fs::path> folders;
    const auto add = [&](const std::vector<fs::path>& more) {
        folders.insert(folders.end(), more.begin(), more.end());
    };
    if (!search.data_version.empty()) add({search.versions / search.data_version / "bin"});
    add(split_search_path(search.search_path));
    add(newest_first(search.versions));
    add(search.others);
    return folders;
}

}  // namespace

core::Result<fs::path> find_binaries(const BinarySearch& search) {
    for (const fs::path& folder : candidates(search)) {
        if (has_server(folder)) return folder;
    }
    return core::fail(
        core::Errc::not_found,
        "PostgreSQL is not installed: found no initdb and postgres",
        "install it (apt-get install -y postgresql) or point REEL__DATABASE__URL at a server",
        search.folder.string()
    );
}

}  // namespace reel::postgres
