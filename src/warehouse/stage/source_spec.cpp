#include "warehouse/stage/source_spec.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <ranges>

#include <fmt/format.h>

#include "reel/fetch/download.hpp"
#include "reel/fetch/http_call.hpp"
#include "warehouse/identifiers.hpp"
#include "warehouse/source/csv_rules.hpp"

namespace reel::warehouse {

namespace {

using Names = std::vector<std::string>;

struct Compression {
    std::string word;
    fetch::Packing packing;
};

const std::array<Compression, 5> compressions = {
    {{"none", fetch::Packing::none},
     {"gzip", fetch::Packing::gzip},
     {"bzip2", fetch::Packing::bzip2},
     {"xz", fetch::Packing::xz},
     {"zstd", fetch::Packing::zstd}}
};

void read_character(ArgReader& reader, std::string_view key, char& into) {
    const auto text = reader.text(key);
    if (!text) {
        return;
    }
    if (*text == "none") {
        into = '\0';
        return;
    }
    const std::string unescaped = *text == "\\t" || *text == "tab" ? "\t" : *text;
    if (unescaped.size() != 1) {
        return reader.mistake(key, "one character was expected");
    }
    into = unescaped.front();
}

void parse_unpacking(ArgReader& reader, UnpackChoice& choice) {
    choice.member = reader.text("member").value_or("");
    const auto word = reader.text("compression").value_or("auto");
    if (word == "auto") {
        return;
    }
    const auto known = std::ranges::find(compressions, word, &Compression::word);
    if (known != compressions.end()) {
        choice.packing = known->packing;
        return;
    }
    const auto words = compressions | std::views::transform(&Compression::word);
    const std::vector<std::string> names(words.begin(), words.end());
    reader.mistake(
        "compression",
        fmt::format(
            "'{}' is not known{}; auto, {} are", word, did_you_mean(word, names), comma_list(names)
        )
    );
}

void parse_encoding_of(ArgReader& reader, StageSpec& spec) {
    const auto name = reader.text("encoding");
    if (!name) {
        return;
    }
    spec.encoding = parse_encoding(*name);
    if (!spec.encoding) {
        reader.mistake(
            "encoding",
            fmt::format(
                "'{}' is not known{}; {} are",
                *name,
                did_you_mean(*name, encoding_names()),
                comma_list(encoding_names())
            )
        );
    }
}

void parse_csv(ArgReader& reader, Mistakes& mistakes, CsvOptions& csv) {
    read_character(reader, "delimiter", csv.delimiter);
    read_character(reader, "quote", csv.quote);
    read_character(reader, "escape", csv.escape);
    read_character(reader, "comment", csv.comment);
    if (csv.escape == csv.quote) {
        csv.escape = '\0';  // so pandas and Postgres say that quotes are doubled
    }
    csv.skip = static_cast<std::uint64_t>(reader.count("skip").value_or(0));
    csv.header = reader.flag("header").value_or(true);
    csv.columns = reader.names("columns");
    csv.rejoin = reader.flag("rejoin").value_or(false);
    if (const auto sound = check_options(csv); !sound) {
        mistakes.add(reader.path(), sound.error().message);
    }
}

/// What means NULL in the whole file does so in every column that reads its cells.
void spread_null_values(StageSpec& spec, const Names& null_values) {
    for (auto& table : spec.tables) {
        for (auto& column : table.columns) {
            if (!table.each.empty() && !column.from.front().starts_with('/')) {
                continue;
            }
            for (const auto& value : null_values) {
                if (std::ranges::find(column.null_values, value) == column.null_values.end()) {
                    column.null_values.push_back(value);
                }
            }
        }
    }
}

/// Without a header and names of its own, the columns of a single table are the file's, in order;
/// unless they are asked for by number (column_3).
void name_by_order(StageSpec& spec) {
    if (spec.csv.header || !spec.csv.columns.empty() || spec.tables.size() != 1) {
        return;
    }
    const auto& table = spec.tables.front();
    const bool plain = std::ranges::all_of(table.columns, [](const ColumnSpec& column) {
        return column.from == Names{column.name} && !column.name.starts_with("column_");
    });
    if (!plain || !table.each.empty()) {
        return;
    }
    for (const auto& column : table.columns) {
        spec.csv.columns.push_back(column.name);
    }
}

void parse_format(ArgReader& reader, const std::string& word, StageSpec& spec) {
    if (word == "jsonl") {
        spec.format = Format::jsonl;
    } else if (word == "json") {
        spec.format = Format::json;
    } else if (word != "csv" && word != "tsv" && word != "fixed") {
        reader.mistake(
            "format",
            fmt::format(
                "'{}' is not known{}; csv, tsv, fixed, jsonl and json are",
                word,
                did_you_mean(word, {"csv", "tsv", "fixed", "jsonl", "json"})
            )
        );
    }
}

/// Lines of cells without anything between them: CSV of one cell that is cut by widths.
void parse_fixed(ArgReader& reader, CsvOptions& csv) {
    csv.delimiter = csv.quote = '\0';
    csv.header = false;
    read_character(reader, "comment", csv.comment);
    csv.skip = static_cast<std::uint64_t>(reader.count("skip").value_or(0));
    csv.columns = reader.names("columns");
    const Json* widths = reader.find("widths");
    const bool is_list = widths != nullptr && widths->is_array() && !widths->empty();
    for (const auto& width : is_list ? *widths : Json::array()) {
        const auto number = width.is_number_integer() ? width.get<std::int64_t>() : 0;
        if (number > 0) {
            csv.widths.push_back(static_cast<std::size_t>(number));
        }
    }
    if (!is_list || csv.widths.size() != widths->size()) {
        reader.mistake("widths", "a list of how many characters each column takes was expected");
    }
}

/// What says how one format is read says nothing about another.
void refuse_others(ArgReader& reader, const std::string& format) {
    struct Key {
        const char* name;
        bool csv;
        bool fixed;
    };
    constexpr std::array<Key, 9> keys = {
        {{"delimiter", true, false},
         {"quote", true, false},
         {"escape", true, false},
         {"header", true, false},
         {"rejoin", true, false},
         {"comment", true, true},
         {"skip", true, true},
         {"columns", true, true},
         {"widths", false, true}}
    };
    for (const Key& key : keys) {
        const bool goes = format == "fixed" ? key.fixed : key.csv && !format.starts_with("json");
        if (!goes && reader.find(key.name) != nullptr) {
            reader.mistake(
                key.name,
                fmt::format(
                    "goes with {}, not with {}",
                    !key.csv    ? "fixed"
                    : key.fixed ? "csv, tsv and fixed"
                                : "csv and tsv",
                    format
                )
            );
        }
    }
}

}  // namespace

Names parse_source(ArgReader& args, Mistakes& mistakes, StageSpec& spec) {
    const Json* source = args.find("source");
    if (source == nullptr) {
        args.mistake("source", "is required");
        return {};
    }
    const Json object = source->is_string() ? Json{{"path", *source}} : *source;
    ArgReader reader(object, "source", mistakes);
    spec.path = reader.required_text("path");
    spec.name = fetch::is_url(spec.path) ? fetch::shown_url(spec.path) : spec.path;
    parse_unpacking(reader, spec.unpack);
    parse_encoding_of(reader, spec);
    const auto format = reader.text("format").value_or("csv");
    parse_format(reader, format, spec);
    if (format == "fixed") {
        parse_fixed(reader, spec.csv);
    } else if (spec.format == Format::csv) {
        spec.csv.delimiter = format == "tsv" ? '\t' : ',';
        parse_csv(reader, mistakes, spec.csv);
    }
    refuse_others(reader, format);
    auto null_values = reader.names("null_values");
    reader.finish();
    return null_values;
}

void apply_to_columns(StageSpec& spec, const Names& null_values, Mistakes& mistakes) {
    spread_null_values(spec, null_values);
    name_by_order(spec);
    if (spec.csv.widths.empty()) {
        return;
    }
    if (const auto sound = check_options(spec.csv); !sound) {
        mistakes.add("source.widths", sound.error().message);
    }
}

}  // namespace reel::warehouse
