#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "endpoints.hpp"
#include "input.hpp"
#include "lookups.hpp"

namespace reel::api {

namespace {

constexpr std::uintmax_t largest_source = 10U << 20U;

/// The text of a DAG's file; only of files that truly lie below the DAG folder.
Outcome<std::string> read_source(const std::string& fileloc, const std::string& dags_folder) {
    std::error_code error;
    const auto folder = std::filesystem::canonical(dags_folder, error);
    if (error) return reject(404, "The DAG folder does not exist");
    const auto file = std::filesystem::canonical(fileloc, error);
    if (error) return reject(404, "The file of this Dag is gone");
    const auto [end, _] = std::ranges::mismatch(folder, file);
    if (end != folder.end() || !std::filesystem::is_regular_file(file, error)) {
        return reject(404, "The file of this Dag is not below the DAG folder");
    }
    if (std::filesystem::file_size(file, error) > largest_source || error) {
        return reject(404, "The file of this Dag cannot be shown");
    }
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return reject(404, "The file of this Dag cannot be read");
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

}  // namespace

Outcome<Response> get_dag_source(const Call& call) {
    const auto dag_id = dag_id_of(call);
    if (!dag_id) return std::unexpected(dag_id.error());
    const auto record = find_dag(call.services.store, *dag_id);
    if (!record) return std::unexpected(record.error());
    auto text = read_source(record->dag.fileloc, call.services.options.dags_folder);
    if (!text) return std::unexpected(text.error());
    if (call.request.header("accept").starts_with("text/plain")) {
        return Response{.content_type = "text/plain; charset=utf-8", .body = std::move(*text)};
    }
    const std::string& name = record->dag.display_name;
    return json_response(
        {{"content", std::move(*text)},
         {"dag_id", dag_id->str()},
         {"dag_display_name", name.empty() ? dag_id->str() : name},
         {"version_number", record->version_number}}
    );
}

Outcome<Response> list_import_errors(const Call& call) {
    QueryReader query(call.url);
    const store::Page page = query.page();
    if (const auto whole = query.finish(); !whole) return std::unexpected(whole.error());
    const auto listing = call.services.store.list_import_errors(page);
    nlohmann::json items = nlohmann::json::array();
    for (const auto& error : listing.items) {
        items.push_back(import_error_json(error));
    }
    return json_response(collection("import_errors", std::move(items), listing.total));
}

Outcome<Response> get_import_error(const Call& call) {
    const std::string& wanted = call.parameter("import_error_id");
    const auto listing = call.services.store.list_import_errors({.limit = 1U << 20U, .offset = 0});
    for (const auto& error : listing.items) {
        if (std::to_string(error.id) == wanted) return json_response(import_error_json(error));
    }
    return reject(404, "The ImportError with import_error_id: `" + wanted + "` was not found");
}

}  // namespace reel::api
