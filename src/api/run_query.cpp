#include "run_query.hpp"

#include <algorithm>

namespace reel::api {

namespace {

constexpr long long maximum_page = 100;

template <class Reader>
TimeRange read_range(Reader& reader, const std::string& name) {
    return {
        .gte = reader.time(name + "_gte"),
        .gt = reader.time(name + "_gt"),
        .lte = reader.time(name + "_lte"),
        .lt = reader.time(name + "_lt")
    };
}

template <class Reader>
void read_ranges(Reader& reader, RunQuery& wish) {
    wish.run_after = read_range(reader, "run_after");
    wish.logical_date = read_range(reader, "logical_date");
    wish.start_date = read_range(reader, "start_date");
    wish.end_date = read_range(reader, "end_date");
    wish.base.run_after_gte = wish.run_after.gte;
    wish.base.run_after_lte = wish.run_after.lte;
    wish.base.logical_date_gte = wish.logical_date.gte;
    wish.base.logical_date_lte = wish.logical_date.lte;
}

const std::vector<std::string_view>& run_orders() {
    static const std::vector<std::string_view> names{
        "id",
        "run_after",
        "logical_date",
        "start_date",
        "end_date",
        "dag_run_id",
        "run_id",
        "state",
    };
    return names;
}

/// Airflow knows the run's id under two names.
std::string store_order(std::string order) {
    if (order == "run_id") return "dag_run_id";
    if (order == "-run_id") return "-dag_run_id";
    return order;
}

}  // namespace

bool TimeRange::contains(const std::optional<core::Timestamp>& at) const {
    if (empty()) return true;
    if (!at) return false;
    return !(gte && *at < *gte) && !(gt && *at <= *gt) && !(lte && *at > *lte) &&
           !(lt && *at >= *lt);
}

bool RunQuery::needs_a_look() const {
    return !dag_ids.empty() || !dag_id_pattern.empty() || !run_id_pattern.empty() ||
           !types.empty() || run_after.gt || run_after.lt || !logical_date.empty() ||
           !start_date.empty() || !end_date.empty();
}

bool RunQuery::accepts(const store::RunRecord& run) const {
    if (!dag_ids.empty() && !dag_ids.contains(run.dag_id.str())) return false;
    if (!dag_id_pattern.empty() && !matches_like(run.dag_id.str(), dag_id_pattern)) return false;
    if (!run_id_pattern.empty() && !matches_like(run.run_id.str(), run_id_pattern)) return false;
    if (!types.empty() && std::ranges::find(types, run.type) == types.end()) return false;
    return run_after.contains(run.run_after) && logical_date.contains(run.logical_date) &&
           start_date.contains(run.start_date) && end_date.contains(run.end_date);
}

RunQuery read_run_query(QueryReader& query) {
    RunQuery wish;
    wish.base.page = query.page();
    wish.base.order_by = store_order(query.order_by(run_orders(), "id"));
    wish.base.states = query.choices("state", core::parse_run_state);
    wish.types = query.choices("run_type", core::parse_run_type);
    wish.run_id_pattern = query.text("run_id_pattern").value_or("");
    wish.dag_id_pattern = query.text("dag_id_pattern").value_or("");
    read_ranges(query, wish);
    return wish;
}

RunQuery read_run_query(BodyReader& body) {
    RunQuery wish;
    const auto dag_ids = body.texts("dag_ids");
    wish.dag_ids.insert(dag_ids.begin(), dag_ids.end());
    for (const std::string& word : body.texts("states")) {
        if (const auto state = core::parse_run_state(word)) {
            wish.base.states.push_back(*state);
        } else {
            body.complain("states", "Input should be one of the states of a run", "enum");
        }
    }
    const std::string order = body.text("order_by").value_or("id");
    const std::string_view bare = std::string_view(order).substr(order.starts_with('-') ? 1 : 0);
    if (std::ranges::find(run_orders(), bare) == run_orders().end()) {
        body.complain("order_by", "Ordering by this field is not supported", "value_error");
    }
    wish.base.order_by = store_order(order);
    const long long limit = body.integer("page_limit", 1, 1LL << 30).value_or(maximum_page);
    wish.base.page.limit = static_cast<std::size_t>(std::min(limit, maximum_page));
    wish.base.page.offset =
        static_cast<std::size_t>(body.integer("page_offset", 0, 1LL << 40).value_or(0));
    read_ranges(body, wish);
    return wish;
}

store::Listing<store::RunRecord> find_runs(store::RunStore& store, const RunQuery& wish) {
    if (!wish.needs_a_look()) return store.list_runs(wish.base);
    store::RunFilter all = wish.base;
    all.page = store::whole_list;
    auto listing = store.list_runs(all);
    std::erase_if(listing.items, [&](const auto& run) { return !wish.accepts(run); });
    keep_page(listing, wish.base.page);
    return listing;
}

}  // namespace reel::api
