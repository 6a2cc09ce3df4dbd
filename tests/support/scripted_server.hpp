#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace reel::support {

struct HttpRequest {
    std::string method;
    std::string target;
    std::map<std::string, std::string> headers;  ///< names in lower case
};

struct HttpReply {
    int status = 200;
    std::vector<std::string> headers;
    std::string body;
    /// What Content-Length claims; the body's length when negative.
    long claimed_length = -1;
    bool without_length = false;
    bool stalls = false;        ///< after the body the connection stays open, silent
    bool says_nothing = false;  ///< closes without an answer
};

/// An HTTP server on loopback that answers each request as the script says.
class ScriptedServer final {
  public:
    using Script = std::function<HttpReply(const HttpRequest&, int number)>;
    explicit ScriptedServer(Script script);
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    [[nodiscard]] std::string url(const std::string& target) const;
    [[nodiscard]] std::vector<HttpRequest> requests() const;

  private:
    void serve();
    void answer(int connection);

    Script script_;
    int listener_ = -1;
    int port_ = 0;
    std::atomic<bool> stopping_ = false;
    mutable std::mutex mutex_;
    std::vector<HttpRequest> requests_;
    std::thread thread_;
};

/// Serves one content with ETag, Range and If-None-Match as a good server does.
[[nodiscard]] HttpReply serve_content(
    const HttpRequest& request, const std::string& content, const std::string& etag
);

}  // namespace reel::support
