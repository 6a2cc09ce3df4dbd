#include "warehouse/quality/import/imported.hpp"

#include <fmt/format.h>

#include "reel/dagfile/yaml_file.hpp"

namespace reel::warehouse {

namespace {

ImportOptions read_import_options(ArgReader& args) {
    ImportOptions options;
    options.schema = args.text("schema").value_or(options.schema);
    const Json* tables = args.find("tables");
    if (tables == nullptr) {
        return options;
    }
    if (!tables->is_object()) {
        args.mistake("tables", "a map of names was expected");
        return options;
    }
    for (const auto& [name, table] : tables->items()) {
        if (const auto text = scalar_text(table)) {
            options.tables[name] = *text;
        } else {
            args.mistake("tables." + name, "a table's name was expected");
        }
    }
    return options;
}

class Importer {
  public:
    Importer(std::string_view format, const OperationContext& context, Mistakes& mistakes)
        : format_(format), context_(context), mistakes_(mistakes) {}

    void add(const Json& argument, const std::string& path) {
        if (argument.is_array()) {
            for (std::size_t i = 0; i < argument.size(); ++i) {
                add(argument[i], fmt::format("{}[{}]", path, i));
            }
            return;
        }
        const Json object = argument.is_string() ? Json{{"path", argument}} : argument;
        ArgReader args(object, path, mistakes_);
        const auto file = args.required_text("path");
        const auto options = read_import_options(args);
        args.finish();
        if (!file.empty()) {
            read(context_.dag_dir / file, options, path);
        }
    }

    [[nodiscard]] std::vector<ImportedCheck> take() { return std::move(checks_); }

  private:
    void read(
        const std::filesystem::path& file, const ImportOptions& options, const std::string& path
    ) {
        const auto root = dagfile::read_yaml_file(file);
        if (!root) {
            return mistakes_.add(path, root.error().describe());
        }
        const auto before = mistakes_.count();
        auto found = format_ == "dbt" ? import_dbt(*root, options, mistakes_)
                                      : import_soda(*root, options, mistakes_);
        if (found.empty() && mistakes_.count() == before) {
            mistakes_.add(path, fmt::format("there is no check in {}", file.string()));
        }
        for (auto& check : found) {
            checks_.push_back(std::move(check));
        }
    }

    std::string_view format_;
    const OperationContext& context_;
    Mistakes& mistakes_;
    std::vector<ImportedCheck> checks_;
};

}  // namespace

std::string ImportOptions::table_of(const std::string& name) const {
    const auto found = tables.find(name);
    if (found != tables.end()) {
        return found->second;
    }
    return name.find('.') == std::string::npos ? fmt::format("{}.{}", schema, name) : name;
}

std::vector<ImportedCheck> import_checks(
    std::string_view format,
    const Json& argument,
    const OperationContext& context,
    Mistakes& mistakes
) {
    Importer importer(format, context, mistakes);
    importer.add(argument, std::string(format));
    return importer.take();
}

}  // namespace reel::warehouse
