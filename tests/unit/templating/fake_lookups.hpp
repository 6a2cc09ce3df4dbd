#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "reel/templating/render.hpp"

namespace reel::templating {

/// Answers from maps and writes down what it was asked.
class FakeLookups final : public Lookups {
  public:
    std::map<std::string, std::string> variables;
    std::map<std::string, std::string> connections;
    std::map<std::pair<std::string, std::string>, std::string> xcoms;
    std::map<std::string, std::string> tables;
    std::vector<std::string> asked;
    std::optional<core::Error> failure;
    bool throws = false;

    core::Result<std::optional<std::string>> variable(const std::string& key) override {
        asked.push_back("variable " + key);
        if (throws) throw std::runtime_error("the database is gone");
        if (failure) return std::unexpected(*failure);
        return find(variables, key);
    }
    core::Result<std::optional<core::JsonText>> connection(const std::string& conn_id) override {
        asked.push_back("connection " + conn_id);
        return json(find(connections, conn_id));
    }
    core::Result<std::optional<core::JsonText>> xcom(
        const std::string& task_id, const std::string& key, std::optional<int> map_index
    ) override {
        const std::string index = map_index ? "[" + std::to_string(*map_index) + "]" : "";
        asked.push_back("xcom " + task_id + index + " " + key);
        return json(find(xcoms, std::pair(task_id + index, key)));
    }
    core::Result<std::optional<std::string>> staged(const std::string& reference) override {
        asked.push_back("staged " + reference);
        return find(tables, reference);
    }

  private:
    template <class Map>
    static std::optional<std::string> find(const Map& map, const typename Map::key_type& key) {
        const auto found = map.find(key);
        if (found == map.end()) return std::nullopt;
        return found->second;
    }
    static std::optional<core::JsonText> json(std::optional<std::string> text) {
        if (!text) return std::nullopt;
        return core::JsonText{*std::move(text)};
    }
};

/// A context as the executor makes it, in small.
inline const core::JsonText run_context{R"({
    "ds": "2024-01-31", "ts": "2024-01-31T07:00:00+00:00",
    "logical_date": "2024-01-31T07:00:00+00:00",
    "data_interval_start": "2024-01-30T07:00:00.250000+00:00",
    "params": {"limit": 10, "flag": true, "names": ["a", "b's"], "nothing": null,
               "start_date": "2024-01-31T07:00:00+00:00", "text": "x"},
    "dag_run": {"run_id": "manual__1", "conf": {"key": "value"},
                "logical_date": "2024-01-31T07:00:00+00:00"},
    "ti": {"task_id": "load", "try_number": 2}
})"};

}  // namespace reel::templating
