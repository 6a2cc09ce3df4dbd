#pragma once

#include <map>
#include <string>

namespace reel::postgres {

/// A connection string taken apart, so that defaults can be added and its password be kept out of
/// messages.
class Conninfo final {
  public:
    /// Throws DatabaseError (bug) for text that is neither a URI nor "key=value …". The message
    /// does not quote it.
    explicit Conninfo(const std::string& uri);

    /// Sets a keyword that the text does not give.
    void set_default(const std::string& keyword, const std::string& value);
    /// "key='value' …", as libpq and libpqxx take it.
    [[nodiscard]] std::string text() const;
    /// `message` with every occurrence of the password replaced.
    [[nodiscard]] std::string redact(std::string message) const;

  private:
    std::map<std::string, std::string> settings_;
};

}  // namespace reel::postgres
