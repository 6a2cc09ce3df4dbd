#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "dagfile/yaml_reader.hpp"
#include "reel/dagfile/load.hpp"

namespace reel::dagfile {

/// The committed schema, as an editor would use it.
class DagSchema final {
  public:
    /// It takes a while to make.
    static const DagSchema& once() {
        static const DagSchema schema;
        return schema;
    }

    [[nodiscard]] const std::string& text() const { return text_; }

    [[nodiscard]] bool accepts(std::string_view yaml) const {
        Diagnostics diagnostics;
        const auto root = read_yaml(yaml, "f.yaml", diagnostics);
        const nlohmann::json document = nlohmann::json::parse(to_json_text(root.value_or(Node{})));
        const valijson::adapters::NlohmannJsonAdapter adapter(document);
        return valijson::Validator().validate(schema_, adapter, nullptr);
    }

  private:
    DagSchema() : text_(dag_json_schema()) {
        const nlohmann::json document = nlohmann::json::parse(text_);
        const valijson::adapters::NlohmannJsonAdapter adapter(document);
        valijson::SchemaParser().populateSchema(adapter, schema_);
    }

    std::string text_;
    valijson::Schema schema_;
};

}  // namespace reel::dagfile
