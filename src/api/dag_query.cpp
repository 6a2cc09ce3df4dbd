#include "dag_query.hpp"

#include <algorithm>

#include "lookups.hpp"
#include "records_json.hpp"
#include "reel/core/did_you_mean.hpp"

namespace reel::api {

using nlohmann::json;

namespace {

constexpr long long longest_page_of_summaries = 1000;

DagFields names_of(const json& object) {
    DagFields names;
    for (const auto& [name, value] : object.items()) names.insert(name);
    return names;
}

const DagFields& all_fields() {
    static const DagFields names = names_of(dag_json(store::DagRecord()));
    return names;
}

const DagFields& fields_of_summaries() {
    static const DagFields names = names_of(dag_summary_json(store::DagSummary()));
    return names;
}

}  // namespace

bool DagQuery::accepts(const store::DagSummary& dag) const {
    const auto has_tag = [&](const std::string& tag) {
        return std::ranges::find(dag.tags, tag) != dag.tags.end();
    };
    if (all_tags && !std::ranges::all_of(base.tags, has_tag)) return false;
    if (!owners.empty() && std::ranges::find_first_of(dag.owners, owners) == dag.owners.end()) {
        return false;
    }
    if (has_import_errors && dag.has_import_errors != *has_import_errors) return false;
    if (display_name_pattern.empty()) return true;
    const std::string& name = dag.display_name;
    return matches_like(name.empty() ? dag.dag_id.str() : name, display_name_pattern);
}

DagQuery read_dag_query(QueryReader& query, bool of_summaries) {
    DagQuery wish;
    wish.base.page = of_summaries ? query.page(longest_page_of_summaries) : query.page();
    wish.base.order_by = query.order_by({"dag_id"}, "dag_id");
    wish.base.id_pattern = query.text("dag_id_pattern").value_or("");
    if (wish.base.id_pattern == "~") wish.base.id_pattern.clear();
    wish.base.paused = query.boolean("paused");
    wish.base.tags = query.texts("tags");
    wish.base.include_stale = !query.boolean("exclude_stale").value_or(true);
    wish.owners = query.texts("owners");
    wish.has_import_errors = query.boolean("has_import_errors");
    wish.display_name_pattern = query.text("dag_display_name_pattern").value_or("");
    const std::string mode = query.text("tags_match_mode").value_or("any");
    if (mode != "any" && mode != "all") {
        query.complain("tags_match_mode", "Input should be 'any' or 'all'", "literal_error");
    }
    wish.all_tags = mode == "all" && !wish.base.tags.empty();
    return wish;
}

DagFields read_dag_fields(QueryReader& query) {
    DagFields fields;
    for (const std::string& name : query.texts("fields")) {
        if (all_fields().contains(name)) {
            fields.insert(name);
            continue;
        }
        const std::vector<std::string> known(all_fields().begin(), all_fields().end());
        const std::string close = core::did_you_mean(name, known);
        query.complain(
            "fields",
            "A Dag has no field " + name + (close.empty() ? "" : "\nhint: " + close),
            "enum"
        );
    }
    return fields;
}

bool is_of_summaries(const DagFields& fields) {
    return !fields.empty() && std::ranges::includes(fields_of_summaries(), fields);
}

store::Listing<store::DagSummary> summarize_dags(store::RunStore& store, const DagQuery& wish) {
    if (!wish.needs_a_look()) return store.summarize_dags(wish.base);
    store::DagFilter all = wish.base;
    all.page = store::whole_list;
    auto listing = store.summarize_dags(all);
    std::erase_if(listing.items, [&](const auto& dag) { return !wish.accepts(dag); });
    keep_page(listing, wish.base.page);
    return listing;
}

store::Listing<store::DagRecord> find_dags(store::RunStore& store, const DagQuery& wish) {
    if (!wish.needs_a_look()) return store.list_dags(wish.base);
    const auto accepted = summarize_dags(store, wish);
    if (accepted.items.empty()) return {.items = {}, .total = accepted.total};
    store::DagFilter these{.include_stale = true, .order_by = wish.base.order_by};
    these.page.limit = accepted.items.size();
    for (const auto& dag : accepted.items) these.ids.push_back(dag.dag_id);
    auto listing = store.list_dags(these);
    listing.total = accepted.total;
    return listing;
}

json dags_json(const store::Listing<store::DagSummary>& dags, const DagFields& fields) {
    json items = json::array();
    for (const store::DagSummary& dag : dags.items) items.push_back(dag_summary_json(dag, fields));
    return collection("dags", std::move(items), dags.total);
}

json dags_json(const store::Listing<store::DagRecord>& dags, const DagFields& fields) {
    json items = json::array();
    for (const store::DagRecord& dag : dags.items) {
        json item = dag_json(dag);
        for (auto field = item.begin(); field != item.end();) {
            const bool is_asked = fields.empty() || fields.contains(field.key());
            field = is_asked ? std::next(field) : item.erase(field);
        }
        items.push_back(std::move(item));
    }
    return collection("dags", std::move(items), dags.total);
}

}  // namespace reel::api
