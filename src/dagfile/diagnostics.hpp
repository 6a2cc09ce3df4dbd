#pragma once

#include <string>
#include <vector>

#include "reel/dagfile/load.hpp"

namespace reel::dagfile {

/// Gathers the mistakes of one file while it is read.
class Diagnostics final {
  public:
    /// What is added from now on belongs to this DAG; "" is the whole file.
    void set_dag(std::string dag_id) { dag_id_ = std::move(dag_id); }
    [[nodiscard]] const std::string& dag() const { return dag_id_; }

    void add(const core::SourcePosition& at, std::string message, std::string hint = {});

    /// Gives what was found so far to the DAGs they stand in; `owner_of` maps a place to a dag_id.
    template <class OwnerOf>
    void assign(const OwnerOf& owner_of) {
        for (Diagnostic& diagnostic : found_) {
            diagnostic.dag_id = owner_of(diagnostic.at);
        }
    }

    /// Whether the DAG may not be loaded: it has a mistake, or the whole file has.
    [[nodiscard]] bool concern(const std::string& dag_id) const;
    [[nodiscard]] bool empty() const { return found_.empty(); }

    /// In the order of the file, each only once; those of other files behind.
    [[nodiscard]] std::vector<Diagnostic> take(const std::string& file);

  private:
    std::string dag_id_;
    std::vector<Diagnostic> found_;
};

}  // namespace reel::dagfile
