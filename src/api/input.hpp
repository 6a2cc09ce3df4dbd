#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "reel/core/time.hpp"
#include "reel/store/run_store.hpp"
#include "rejection.hpp"
#include "url.hpp"

namespace reel::api {

/// Reads the parameters of a query, noting every mistake; `finish` tells all of them at once, and
/// every parameter that nobody asked for.
class QueryReader final {
  public:
    static constexpr long long usual_longest_page = 100;

    explicit QueryReader(const Url& url) : query_(url.query) {}

    std::optional<std::string> text(std::string_view name);
    std::vector<std::string> texts(std::string_view name);
    std::optional<bool> boolean(std::string_view name);
    std::optional<long long> integer(std::string_view name, long long low, long long high);
    std::optional<core::Timestamp> time(std::string_view name);
    /// Airflow's paging: limit 50, at most 100 (a larger wish gives 100) or `longest`.
    store::Page page(long long longest = usual_longest_page);
    /// One of `allowed`, "-" in front for descending.
    std::string order_by(const std::vector<std::string_view>& allowed, std::string fallback);
    /// Values that `parse` knows, each an optional enum.
    template <class Parse>
    auto choices(std::string_view name, Parse parse) {
        std::vector<typename decltype(parse(std::string_view()))::value_type> values;
        for (const std::string& word : texts(name)) {
            if (const auto value = parse(word)) {
                values.push_back(*value);
            } else {
                complain(name, "Input should be one of the states or types of Airflow", "enum");
            }
        }
        return values;
    }
    void complain(std::string_view name, std::string message, std::string type);
    [[nodiscard]] Outcome<void> finish() const;

  private:
    const std::vector<std::pair<std::string, std::string>>& query_;
    std::set<std::string, std::less<>> known_;
    std::vector<Issue> issues_;
};

/// The same for the fields of a JSON object.
class BodyReader final {
  public:
    /// Rejects a body that is no JSON object.
    static Outcome<BodyReader> open(const std::string& body);

    /// Present, and not null where `null` would mean the same as absent.
    [[nodiscard]] bool has(std::string_view name) const { return object_.contains(name); }
    std::optional<std::string> text(std::string_view name);
    std::string required_text(std::string_view name);
    std::optional<bool> boolean(std::string_view name);
    std::optional<long long> integer(std::string_view name, long long low, long long high);
    std::optional<core::Timestamp> time(std::string_view name);
    /// An object; nullopt when absent or null.
    std::optional<nlohmann::json> object(std::string_view name);
    /// Any value; nullopt when absent.
    std::optional<nlohmann::json> any(std::string_view name);
    std::vector<std::string> texts(std::string_view name);
    /// Airflow has it, Reel has nothing to do for it: absent or null.
    void only_null(std::string_view name);
    void complain(std::string_view name, std::string message, std::string type);
    [[nodiscard]] Outcome<void> finish() const;

  private:
    const nlohmann::json* find(std::string_view name);
    nlohmann::json object_;
    std::set<std::string, std::less<>> known_;
    std::vector<Issue> issues_;
};

/// Cuts a whole listing down to one page; `total` becomes what it held.
template <class T>
void keep_page(store::Listing<T>& listing, const store::Page& page) {
    listing.total = listing.items.size();
    const std::size_t first = std::min(page.offset, listing.total);
    const std::size_t last = first + std::min(page.limit, listing.total - first);
    const auto begin = listing.items.begin();
    listing.items.erase(begin + static_cast<std::ptrdiff_t>(last), listing.items.end());
    listing.items.erase(begin, begin + static_cast<std::ptrdiff_t>(first));
}

/// SQL LIKE with '%' and '_', case ignored as Airflow does; "~" matches everything.
[[nodiscard]] bool matches_like(std::string_view text, std::string_view pattern);

}  // namespace reel::api
