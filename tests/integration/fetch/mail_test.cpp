#include "reel/fetch/mail.hpp"

#include <gmock/gmock.h>

#include <chrono>

#include "scripted_mail_server.hpp"

namespace reel::fetch {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

Mail a_mail() {
    Mail mail;
    mail.from = "reel@example.org";
    mail.to = {"a@example.org", "b@example.org"};
    mail.cc = {"c@example.org"};
    mail.subject = "It failed";
    mail.body = "hello\n.\nthere\n";
    mail.message_id = "<7@reel>";
    return mail;
}

MailServer at_port(int port) {
    return {.host = "127.0.0.1", .port = port, .timeout = 10s};
}

TEST(SendMail, GivesItToEverybodyWhoIsNamed) {
    const ScriptedMailServer server;
    const auto sent = send_mail(at_port(server.port()), a_mail());
    ASSERT_TRUE(sent) << sent.error().describe();
    const auto commands = server.commands();
    EXPECT_THAT(commands, Contains(StartsWith("MAIL FROM:<reel@example.org>")));
    for (const char* address : {"a", "b", "c"}) {
        EXPECT_THAT(
            commands, Contains(StartsWith("RCPT TO:<" + std::string(address) + "@example.org>"))
        );
    }
    EXPECT_THAT(server.mail(), HasSubstr("Subject: It failed\n"));
    EXPECT_THAT(server.mail(), HasSubstr("aGVsbG8KLgp0aGVyZQo=\n"));
    EXPECT_THAT(commands, Not(Contains(StartsWith("AUTH"))));
}

TEST(SendMail, LogsInWhereThereIsALogin) {
    const ScriptedMailServer server;
    MailServer target = at_port(server.port());
    target.login = "me";
    target.password = "hunter22";
    ASSERT_TRUE(send_mail(target, a_mail()));
    EXPECT_THAT(server.commands(), Contains(StartsWith("AUTH PLAIN")));
}

TEST(SendMail, TellsALoginThatIsRefusedAndNotWithWhat) {
    const ScriptedMailServer server({{"AUTH", "535 go away"}});
    MailServer target = at_port(server.port());
    target.login = "me";
    target.password = "hunter22";
    const auto sent = send_mail(target, a_mail());
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, core::Errc::permission_denied);
    EXPECT_THAT(sent.error().describe(), Not(HasSubstr("hunter22")));
}

TEST(SendMail, TellsWhatTheServerAnswered) {
    for (const auto& [command, answer] : std::map<std::string, std::string>{
             {"greeting", "554 not now"},
             {"MAIL", "451 try later"},
             {"RCPT", "550 no such user"},
             {"DATA", "452 full"},
             {"mail", "554 spam"}
         }) {
        const ScriptedMailServer server({{command, answer}});
        const auto sent = send_mail(at_port(server.port()), a_mail());
        ASSERT_FALSE(sent) << command;
        EXPECT_EQ(sent.error().code, core::Errc::unavailable) << command;
        EXPECT_THAT(sent.error().message, HasSubstr(answer.substr(0, 3))) << command;
        EXPECT_THAT(sent.error().where, StartsWith("127.0.0.1:"));
    }
}

TEST(SendMail, SaysNothingToAServerThatCannotHideIt) {
    const ScriptedMailServer server;
    MailServer target = at_port(server.port());
    target.starttls = true;
    target.login = "me";
    target.password = "hunter22";
    EXPECT_FALSE(send_mail(target, a_mail()));
    EXPECT_THAT(server.commands(), Not(Contains(StartsWith("AUTH"))));
}

TEST(SendMail, GivesUpAfterItsTime) {
    const ScriptedMailServer server({{"greeting", "SILENT"}});
    MailServer target = at_port(server.port());
    target.timeout = 200ms;
    const auto sent = send_mail(target, a_mail());
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, core::Errc::timed_out);
}

TEST(SendMail, GivesUpWhenNobodyWaits) {
    const ScriptedMailServer server({{"greeting", "SILENT"}});
    const std::atomic<bool> abandoned = true;
    MailServer target = at_port(server.port());
    target.timeout = 1min;
    target.abandoned = &abandoned;
    const auto began = std::chrono::steady_clock::now();
    EXPECT_FALSE(send_mail(target, a_mail()));
    EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
}

TEST(SendMail, TellsThatNobodyIsThere) {
    MailServer target;
    {
        const ScriptedMailServer gone;
        target = at_port(gone.port());
    }
    const auto sent = send_mail(target, a_mail());
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, core::Errc::unavailable);
}

}  // namespace
}  // namespace reel::fetch
