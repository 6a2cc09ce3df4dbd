#include "warehouse/infer/spec_yaml.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reel/core/yaml_text.hpp"
#include "reel/fetch/download.hpp"
#include "reel/fetch/http_call.hpp"
#include "warehouse/infer/column_counts.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

constexpr std::size_t line_width = 110;

/// Several words are as plain as each of them.
bool is_plain(std::string_view text) {
    return !text.empty() && std::ranges::all_of(std::views::split(text, ' '), [](auto word) {
        return core::is_plain_yaml(std::string_view(word));
    });
}

/// Comments of one indentation, broken into lines at blanks.
class Comments final {
  public:
    Comments(std::string& out, std::size_t indent) : out_(out), indent_(indent, ' ') {}

    void add(std::string_view text) {
        std::string rest(text);
        std::ranges::replace_if(
            rest, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' '
        );
        std::string_view mark = "# ";
        while (!rest.empty()) {
            const std::size_t room = line_width - indent_.size() - mark.size();
            std::size_t end = rest.size();
            if (end > room) {
                end = rest.rfind(' ', room);
                if (end == std::string::npos || end == 0) {
                    end = std::min(rest.find(' ', 1), rest.size());
                }
            }
            out_ += fmt::format("{}{}{}\n", indent_, mark, std::string_view(rest).substr(0, end));
            rest.erase(0, std::min(end + 1, rest.size()));
            mark = "#   ";
        }
    }

  private:
    std::string& out_;
    std::string indent_;
};

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", grouped(static_cast<std::int64_t>(count)), count == 1 ? one : many);
}

std::string width_text(const ColumnFacts& facts) {
    return facts.least_bytes == facts.most_bytes
               ? counted(facts.most_bytes, "byte", "bytes")
               : fmt::format(
                     "{} to {}", facts.least_bytes, counted(facts.most_bytes, "byte", "bytes")
                 );
}

/// "1,000 values, none null, 1,000 distinct (unique), 2 to 6 bytes: "862", "8844""
std::string count_text(const InferredColumn& column) {
    const auto& [name, facts, choice] = column;
    const std::uint64_t nulls = nulls_of(facts, choice);
    const std::uint64_t values = values_of(facts, choice);
    if (facts.values == 0) return counted(nulls, "null", "nulls");
    const auto distinct = grouped(static_cast<std::int64_t>(distinct_of(facts, choice)));
    return fmt::format(
        "{}, {} null, {}{} distinct{}, {}: {}",
        counted(values, "value", "values"),
        nulls == 0 ? "none" : grouped(static_cast<std::int64_t>(nulls)),
        facts.distinct.is_exact() ? "" : "more than ",
        distinct,
        facts.is_unique().value_or(false) ? " (unique)" : "",
        width_text(facts),
        fmt::join(facts.examples, ", ")
    );
}

/// The source as it may be written down: without what a URL has of secrets.
Json shown_source(const Json& source) {
    Json shown = source;
    const auto path = source.at("path").get<std::string>();
    if (fetch::is_url(path)) shown["path"] = fetch::shown_url(path);
    return shown;
}

void add_head(const InferredTable& table, std::string& out) {
    Comments comments(out, 0);
    const Json source = shown_source(table.source);
    const auto path = source.at("path").get<std::string>();
    const auto& read = table.read;
    comments.add(fmt::format(
        "{} of {} ({}), read to the end{}",
        counted(read.records, "record", "records"),
        path,
        readable_bytes(read.bytes),
        read.problems == 0
            ? ""
            : fmt::format("; {} cannot be read", grouped(static_cast<std::int64_t>(read.problems)))
    ));
    if (read.problems > 0) {
        comments.add(fmt::format(
            "the first of these in line {}: {}", read.first_problem_line, read.first_problem
        ));
    }
    comments.add("Each column has the narrowest type that keeps all its values as they are written."
    );
    if (source != table.source) {
        comments.add(
            "The secrets of the address are left out (***): give it to reel load beside --spec, or "
            "put them in by a template."
        );
    }
    comments.add("To load it: reel load --spec THIS_FILE. As a DAG: save it in the DAG folder.");
}

void add_key(const InferredTable& table, std::size_t indent, std::string& out) {
    const auto& key = table.key;
    Comments comments(out, indent);
    if (key.columns.empty()) {
        comments.add(
            "no column is unique and never null: every load appends; with a key, here and below, "
            "it updates"
        );
        return;
    }
    std::string text = key.is_asked_for ? "the key that was asked for"
                                        : "the first column that is unique and never null";
    if (key.repeats > 0) {
        text += fmt::format(
            "; {}{} an earlier one, and the last of each wins",
            key.is_exact ? "" : "at least ",
            counted(key.repeats, "record repeats", "records repeat")
        );
    } else if (!key.is_exact) {
        text += "; there are too many to know whether each comes once";
    }
    if (key.nulls > 0) {
        text += fmt::format(
            "; {} a part of it and will be rejected",
            counted(key.nulls, "record lacks", "records lack")
        );
    }
    comments.add(text);
    out += fmt::format("{}key: {}\n", std::string(indent, ' '), flow_yaml(key.columns));
}

void add_columns(const InferredTable& table, std::size_t indent, std::string& out) {
    for (const auto& column : table.columns) {
        Comments comments(out, indent);
        comments.add(column.choice.reason);
        comments.add(count_text(column));
        for (const auto& note : column.choice.notes) comments.add("note: " + note);
        out += fmt::format(
            "{}{}: {}\n",
            std::string(indent, ' '),
            flow_yaml(column.name),
            flow_yaml(column_args(column))
        );
    }
}

}  // namespace

std::string flow_yaml(const Json& value) {
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        return is_plain(text) ? text : value.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    if (!value.is_structured()) return value.dump();
    std::string out;
    for (const auto& [key, item] : value.items()) {
        out += out.empty() ? "" : ", ";
        if (value.is_object()) out += flow_yaml(key) + ": ";
        out += flow_yaml(item);
    }
    return value.is_object() ? "{" + out + "}" : "[" + out + "]";
}

std::string spec_yaml(const InferredTable& table) {
    const std::string stage_task = "stage_" + table.name;
    const Json stage = stage_args(table);
    std::string out;
    add_head(table, out);
    out += fmt::format("load_{}:\n  schedule: null\n  tasks:\n", table.name);
    out += fmt::format("    - task_id: {}\n      operator: stage\n", stage_task);
    out += fmt::format("      source: {}\n", flow_yaml(shown_source(stage.at("source"))));
    if (stage.contains("rejects")) {
        out += fmt::format("      rejects: {}\n", flow_yaml(stage.at("rejects")));
    }
    out += fmt::format("      tables:\n        {}:\n", flow_yaml(table.name));
    add_key(table, 10, out);
    out += "          columns:\n";
    add_columns(table, 12, out);
    out += fmt::format("    - task_id: upsert_{}\n      operator: upsert\n", table.name);
    for (const auto& [key, value] : upsert_args(table, stage_task).items()) {
        out += fmt::format("      {}: {}\n", key, flow_yaml(value));
    }
    return out;
}

}  // namespace reel::warehouse
