#include "dag_picture.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <vector>

namespace reel::cli {

namespace {

struct Node {
    std::string label;
    std::vector<std::string> downstream;
};

struct Picture {
    std::map<std::string, Node> nodes;
    std::set<std::string> drawn;
    std::string text;

    void draw(const std::string& task_id, const std::string& stem, bool last);
};

void Picture::draw(const std::string& task_id, const std::string& stem, bool last) {
    const Node& node = nodes[task_id];
    const bool again = !drawn.insert(task_id).second;
    const bool repeats = again && !node.downstream.empty();
    text += fmt::format(
        "{}{} {}{}\n", stem, last ? "└─" : "├─", again ? task_id : node.label, repeats ? " …" : ""
    );
    if (again) return;
    const std::string below = stem + (last ? "   " : "│  ");
    for (std::size_t i = 0; i < node.downstream.size(); ++i) {
        draw(node.downstream[i], below, i + 1 == node.downstream.size());
    }
}

std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump();
}

}  // namespace

std::string draw_tree(const std::string& dag_id, const nlohmann::json& tasks) {
    Picture picture;
    std::set<std::string> has_upstream;
    for (const nlohmann::json& task : tasks) {
        const std::string task_id = task.value("task_id", "");
        Node& node = picture.nodes[task_id];
        node.label = fmt::format("{} ({})", task_id, task.value("operator_name", ""));
        node.downstream = task.value("downstream_task_ids", std::vector<std::string>());
        has_upstream.insert(node.downstream.begin(), node.downstream.end());
    }
    std::vector<std::string> roots;
    for (const nlohmann::json& task : tasks) {
        const std::string task_id = task.value("task_id", "");
        if (!has_upstream.contains(task_id)) roots.push_back(task_id);
    }
    picture.text = dag_id + "\n";
    for (std::size_t i = 0; i < roots.size(); ++i) {
        picture.draw(roots[i], "", i + 1 == roots.size());
    }
    return picture.text;
}

std::string draw_dot(const std::string& dag_id, const nlohmann::json& tasks) {
    std::string text =
        fmt::format("digraph {} {{\n  rankdir=LR;\n  node [shape=box];\n", quoted(dag_id));
    for (const nlohmann::json& task : tasks) {
        text += fmt::format("  {};\n", quoted(task.value("task_id", "")));
    }
    for (const nlohmann::json& task : tasks) {
        for (const nlohmann::json& next :
             task.value("downstream_task_ids", nlohmann::json::array())) {
            text += fmt::format("  {} -> {};\n", quoted(task.value("task_id", "")), next.dump());
        }
    }
    return text + "}\n";
}

}  // namespace reel::cli
