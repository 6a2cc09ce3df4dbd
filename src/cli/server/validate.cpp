#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "cli/server/actions.hpp"
#include "reel/dagfile/load.hpp"

namespace reel::cli {

namespace {

struct Findings {
    std::size_t files = 0;
    std::size_t dags = 0;
    std::vector<dagfile::Diagnostic> diagnostics;

    void add(const dagfile::LoadedFile& file) {
        ++files;
        dags += file.dags.size();
        diagnostics.insert(diagnostics.end(), file.diagnostics.begin(), file.diagnostics.end());
    }
};

core::Result<void> look(
    const std::filesystem::path& path, const dagfile::LoadOptions& options, Findings& findings
) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        for (const auto& [name, file] : dagfile::load_dag_folder(path, options)) {
            findings.add(*file);
        }
        return {};
    }
    if (!std::filesystem::exists(path, error)) {
        return core::fail(core::Errc::not_found, "there is no file or folder " + path.string());
    }
    const auto whole = std::filesystem::absolute(path, error);
    findings.add(dagfile::load_dag_file(whole, whole.parent_path(), options));
    return {};
}

nlohmann::json diagnostic_json(const dagfile::Diagnostic& diagnostic) {
    return {
        {"file", diagnostic.at.file},
        {"line", diagnostic.at.line},
        {"column", diagnostic.at.column},
        {"message", diagnostic.message},
        {"hint", diagnostic.hint},
        {"dag_id", diagnostic.dag_id}
    };
}

std::string counted(std::size_t count, const std::string& word) {
    return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

}  // namespace

core::Result<int> validate_files(Context& context, const ValidateOptions& wish) {
    Findings findings;
    const auto config = context.config();
    if (!config) return std::unexpected(config.error());
    const dagfile::LoadOptions options = dagfile::load_options(**config);
    std::vector<std::string> all = wish.paths;
    if (all.empty()) all.push_back((*config)->path("core", "dags_folder").string());
    for (const std::string& path : all) {
        if (const auto looked = look(path, options, findings); !looked) {
            return std::unexpected(looked.error());
        }
    }
    if (wish.format == Format::plain) {
        for (const dagfile::Diagnostic& diagnostic : findings.diagnostics) {
            context.out() << diagnostic.describe() << "\n";
        }
    } else {
        nlohmann::json rows = nlohmann::json::array();
        for (const dagfile::Diagnostic& diagnostic : findings.diagnostics) {
            rows.push_back(diagnostic_json(diagnostic));
        }
        context.out() << render(rows, {"file", "line", "column", "message", "hint"}, wish.format);
    }
    std::ostream& summary = wish.format == Format::plain ? context.out() : context.err();
    summary << fmt::format(
        "{}, {}, {}\n",
        counted(findings.files, "file"),
        counted(findings.dags, "DAG"),
        counted(findings.diagnostics.size(), "error")
    );
    return findings.diagnostics.empty() ? 0 : 1;
}

}  // namespace reel::cli
