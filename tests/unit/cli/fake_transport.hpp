#pragma once

#include <deque>
#include <utility>
#include <vector>

#include "cli/transport.hpp"

namespace reel::cli {

/// What a server answers, in order; the last answer is given again and again. Remembers what it was
/// asked.
struct Script {
    std::deque<core::Result<HttpReply>> replies;
    std::vector<HttpCall> calls;
};

class ScriptedTransport final : public Transport {
  public:
    explicit ScriptedTransport(Script& script) : script_(script) {}

    core::Result<HttpReply> send(const HttpCall& call) override {
        script_.calls.push_back(call);
        auto reply = script_.replies.front();
        if (script_.replies.size() > 1) script_.replies.pop_front();
        return reply;
    }

  private:
    Script& script_;
};

}  // namespace reel::cli
