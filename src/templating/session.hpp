#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reel/templating/render.hpp"

struct reel_jinja_session;

namespace reel::templating {

struct Outcome;

/// One context and its look-ups, for any number of templates. Used by one thread at a time.
class Session final {
  public:
    /// An error where the context is not a JSON object.
    [[nodiscard]] static core::Result<std::unique_ptr<Session>> open(
        const core::JsonText& context, Lookups& lookups
    );
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    Session(Session&&) = delete;
    Session& operator=(Session&&) = delete;

    /// What a look-up throws passes through here, after the engine has ended.
    [[nodiscard]] core::Result<std::string> render(
        std::string_view source, const std::string& name
    );
    [[nodiscard]] core::Result<core::JsonText> evaluate(
        std::string_view expression, const std::string& name
    );

  private:
    /// What the engine's calls come back to.
    struct Bridge {
        Lookups& lookups;
        std::optional<core::Error> failure{};
        std::exception_ptr thrown{};
        /// Every text that was handed out: an error message must not show it.
        std::vector<std::string> secrets{};
    };
    struct Finder;

    explicit Session(Lookups& lookups);
    [[nodiscard]] core::Result<std::string> finish(const Outcome& outcome, const std::string& name);

    std::unique_ptr<Bridge> bridge_;
    reel_jinja_session* session_ = nullptr;
};

}  // namespace reel::templating
