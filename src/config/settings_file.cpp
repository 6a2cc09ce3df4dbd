#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <optional>
#include <set>

#include "settings.hpp"

namespace reel::config {
namespace {

class SettingsFileReader final {
  public:
    explicit SettingsFileReader(const std::filesystem::path& file) : file_(file) {}

    Settings read() {
        const auto text = read_text(file_);
        if (!text) {
            settings_.mistakes.push_back(
                fmt::format("{}: cannot be read: {}", file_.string(), text.error())
            );
            return std::move(settings_);
        }
        try {
            read_root(YAML::Load(*text));
        } catch (const YAML::ParserException& error) {
            add_mistake(error.mark, error.msg);
        }
        return std::move(settings_);
    }

  private:
    void read_root(const YAML::Node& root) {
        if (root.IsNull()) {
            return;
        }
        if (!root.IsMap()) {
            add_mistake(root.Mark(), "must be a map of sections, like 'core: {parallelism: 8}'");
            return;
        }
        for (const auto& section : root) {
            read_section(section.first, section.second);
        }
    }

    void read_section(const YAML::Node& name, const YAML::Node& options) {
        if (options.IsNull()) {
            return;
        }
        if (!name.IsScalar() || !options.IsMap()) {
            add_mistake(options.Mark(), "a section must be a map of its options");
            return;
        }
        for (const auto& option : options) {
            read_option(name.Scalar(), option.first, option.second);
        }
    }

    void read_option(const std::string& section, const YAML::Node& key, const YAML::Node& value) {
        if (!key.IsScalar()) {
            add_mistake(key.Mark(), "an option's name must be text");
            return;
        }
        const Option* option = find_option(section, key.Scalar());
        if (option == nullptr) {
            add_mistake(key.Mark(), unknown_option(section, key.Scalar()));
            return;
        }
        if (!seen_.insert(full_name(*option)).second) {
            add_mistake(key.Mark(), fmt::format("'{}' is given twice", full_name(*option)));
            return;
        }
        if (value.IsNull()) {
            return;
        }
        if (!value.IsScalar()) {
            add_mistake(
                value.Mark(), fmt::format("'{}' must be a single value", full_name(*option))
            );
            return;
        }
        settings_.found.push_back({option, value.Scalar(), Origin::file, place(value.Mark())});
    }

    [[nodiscard]] std::string place(const YAML::Mark& mark) const {
        return fmt::format("{}:{}:{}", file_.string(), mark.line + 1, mark.column + 1);
    }

    void add_mistake(const YAML::Mark& mark, const std::string& message) {
        settings_.mistakes.push_back(fmt::format("{}: {}", place(mark), message));
    }

    const std::filesystem::path& file_;
    Settings settings_;
    std::set<std::string> seen_;
};

}  // namespace

Settings read_settings_file(const std::filesystem::path& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
        return {};
    }
    return SettingsFileReader(file).read();
}

}  // namespace reel::config
