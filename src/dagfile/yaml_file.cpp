#include "reel/dagfile/yaml_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "diagnostics.hpp"
#include "text_file.hpp"
#include "yaml_reader.hpp"

namespace reel::dagfile {

core::Result<Node> parse_yaml(std::string_view text, const std::string& name) {
    Diagnostics diagnostics;
    auto root = read_yaml(text, name, diagnostics);
    if (root && diagnostics.empty()) {
        return *std::move(root);
    }
    std::vector<std::string> lines;
    for (const Diagnostic& diagnostic : diagnostics.take(name)) {
        lines.push_back(diagnostic.describe());
    }
    return core::fail(core::Errc::invalid_argument, fmt::format("{}", fmt::join(lines, "\n")));
}

core::Result<Node> read_yaml_file(const std::filesystem::path& path) {
    const auto text = read_text_file(path);
    if (!text) {
        std::error_code ignored;
        const bool is_there = std::filesystem::exists(path, ignored);
        return core::fail(
            is_there ? core::Errc::invalid_argument : core::Errc::not_found,
            is_there ? "is no YAML file that can be read" : "there is no such file",
            {},
            path.string()
        );
    }
    return parse_yaml(*text, path.string());
}

}  // namespace reel::dagfile
