#include "unit/cli/cli_fixture.hpp"

namespace reel::cli {

/// Hands a request to the API itself.
class CliTest::ApiTransport final : public Transport {
  public:
    explicit ApiTransport(CliTest& test) : test_(test) {}

    core::Result<HttpReply> send(const HttpCall& call) override {
        test_.calls_.push_back(call);
        api::Request request{.method = call.method, .target = call.target, .body = call.body};
        for (const auto& [name, value] : call.headers) {
            std::string lower = name;
            for (char& c : lower) {
                c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            }
            request.headers[lower] = value;
        }
        request.headers["user-agent"] = "reel-cli";
        const api::Response response = test_.ApiTest::send(std::move(request));
        return HttpReply{response.status, response.body};
    }

  private:
    CliTest& test_;
};

CliTest::CliTest()
    : environment_{{"REEL_HOME", folder_.string()}, {"REEL_API_TOKEN", token_}},
      connect_([this](const Address&) { return std::make_unique<ApiTransport>(*this); }) {
    save(api::movies_dag());
}

int CliTest::run(const std::vector<std::string>& words) {
    std::istringstream in(input_);
    std::ostringstream out;
    std::ostringstream err;
    int pauses = 0;
    const int status = run_command(
        words,
        {.in = in,
         .out = out,
         .err = err,
         .server = is_reel_ ? std::nullopt : std::optional(server_side(server_)),
         .hand_over =
             [&] {
                 ++handed_over_;
                 return core::Error{
                     core::Errc::unavailable, "it did not become reel-server", "", ""
                 };
             },
         .environment = environment_,
         .clock = clock_,
         .connect = connect_,
         .pause =
             [&](core::Duration duration) {
                 clock_.advance(duration);
                 return on_pause_(++pauses);
             },
         .processes = processes_,
         .in_is_terminal = terminal_,
         .out_is_terminal = terminal_}
    );
    out_ = out.str();
    err_ = err.str();
    return status;
}

nlohmann::json CliTest::run_json(std::vector<std::string> words, int status) {
    words.insert(words.end(), {"-o", "json"});
    EXPECT_EQ(run(words), status) << err_;
    return nlohmann::json::parse(out_, nullptr, false);
}

}  // namespace reel::cli
