#include "source_files.hpp"

#include "dag_files.hpp"

namespace reel::executor {

namespace {

void resolve_files(const core::Dag& dag, Json& files) {
    if (files.is_array()) {
        for (Json& file : files) {
            resolve_files(dag, file);
        }
        return;
    }
    Json* path = files.is_string() ? &files : nullptr;
    if (files.is_object() && files.contains("path") && files["path"].is_string()) {
        path = &files["path"];
    }
    if (path == nullptr) {
        return;
    }
    if (const auto found = find_file(dag, path->get<std::string>())) {
        *path = found->string();
    }
}

}  // namespace

void resolve_source(const core::Dag& dag, Json& args) {
    const std::string from = text_of(args, "from");
    if (from.empty() || from.find("://") != std::string::npos || from.starts_with('/')) {
        return;
    }
    const auto found = find_file(dag, from);
    args["from"] = found ? found->string() : (dag_directory(dag) / from).string();
}

void resolve_check_files(const core::Dag& dag, Json& args) {
    for (const char* const format : {"dbt", "soda"}) {
        if (args.contains(format)) {
            resolve_files(dag, args[format]);
        }
    }
}

}  // namespace reel::executor
