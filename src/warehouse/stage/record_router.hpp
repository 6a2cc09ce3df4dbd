#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/literal/value.hpp"
#include "warehouse/source/record_reader.hpp"
#include "warehouse/stage/accounting.hpp"
#include "warehouse/stage/binding.hpp"
#include "warehouse/stage/row_encoder.hpp"
#include "warehouse/stage/seen_keys.hpp"

namespace reel::warehouse {

/// One record, or one element of it, that is not loaded.
struct Rejection {
    const Record& record;
    std::string table;  ///< whose rule was broken; "*" when it is unreadable for every table
    std::optional<std::size_t> element;  ///< position in the list, from 0
    Violation violation;
};

/// Takes what the router decides.
class RowSink {
  public:
    virtual ~RowSink() = default;
    /// `fields` are a row's encoded fields, valid during the call. Rows of a table come in the
    /// order of the file.
    virtual void add_row(std::size_t table, std::string_view fields) = 0;
    virtual void reject(const Rejection& rejection) = 0;
};

/// Sends each record to every table of one task. A record that is unreadable, breaks a rule of a
/// table without `each`, or has a list column that cannot be parsed goes to no table at all, so
/// that tables stay consistent with each other; an element that breaks a rule is rejected alone.
class RecordRouter final {
  public:
    /// Both must outlive it.
    RecordRouter(const std::vector<BoundTable>& tables, RowSink& sink);

    void take(const Record& record);
    /// Whether it would go in as a record, with all its values. Changes no count.
    [[nodiscard]] bool fits(const Record& record);
    /// The one element of the record's list that is not there yet, of a table with `each`.
    void take_element(const Record& record, std::size_t table, std::size_t element);
    /// `staged` counts rows handed to the sink; duplicates are found later.
    [[nodiscard]] const FileAccount& account() const { return account_; }
    /// Of the rows that were handed to the sink.
    [[nodiscard]] const SeenKeys& keys() const { return keys_; }

  private:
    /// A list column of the record at hand.
    struct ListValue {
        literal::Value parsed;                  ///< where it was a text
        const literal::Value* value = nullptr;  ///< a list or null
    };
    /// By cell; of records without cells by the table.
    using Lists = std::map<std::size_t, ListValue>;

    [[nodiscard]] std::optional<Rejection> encode_records(const Record& record);
    [[nodiscard]] std::optional<Rejection> parse_lists(const Record& record, Lists& lists) const;
    [[nodiscard]] std::optional<Rejection> parse_list(
        const Record& record, const BoundTable& table, ListValue& list
    ) const;
    void reject_record(const Rejection& rejection);
    void count_discarded(std::size_t table, const std::vector<std::string>& columns);
    void add_elements(std::size_t table, const Record& record, const literal::List& list);
    void add_element(
        std::size_t table, const Record& record, std::size_t at, const literal::Value& element
    );
    void reject_element(
        std::size_t table, const Record& record, std::size_t at, Violation violation
    );

    const std::vector<BoundTable>& tables_;
    RowSink& sink_;
    FileAccount account_;
    SeenKeys keys_;
    std::vector<std::string> rows_;  ///< of tables without `each`, for the record at hand
    std::vector<std::vector<std::string>> discarded_;  ///< of each of these rows
    std::string row_;
};

}  // namespace reel::warehouse
