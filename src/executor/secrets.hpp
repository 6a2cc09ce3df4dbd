#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reel::executor {

/// Knows the secrets that one attempt was given and takes them out of texts that people read.
/// Secrets of fewer than four bytes are not looked for: they would blot out half the text.
class SecretMask final {
  public:
    void add(const std::string& secret);
    /// A variable whose name says so (password, token, …) holds a secret.
    void add_variable(std::string_view key, const std::string& value);
    [[nodiscard]] std::string apply(std::string text) const;
    [[nodiscard]] const std::vector<std::string>& secrets() const { return secrets_; }

  private:
    std::vector<std::string> secrets_;  ///< longest first, so that a part never spoils the whole
};

/// The password of "postgresql://user:password@host/db" as it stands there; empty when there is
/// none.
[[nodiscard]] std::string password_of_uri(std::string_view uri);

}  // namespace reel::executor
