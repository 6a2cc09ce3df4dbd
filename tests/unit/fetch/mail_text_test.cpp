#include <gmock/gmock.h>

#include "reel/fetch/mail.hpp"

namespace reel::fetch {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Mail a_mail() {
    Mail mail;
    mail.from = "reel@example.org";
    mail.to = {"a@example.org"};
    mail.subject = "It failed";
    mail.body = "hello\n";
    mail.message_id = "<callback-7@reel>";
    mail.date = std::chrono::sys_days(std::chrono::year(2026) / 2 / 1) + std::chrono::hours(7);
    return mail;
}

TEST(MailText, HasTheHeadersOfAMail) {
    EXPECT_EQ(
        mail_text(a_mail()).value(),
        "Date: Sun, 01 Feb 2026 07:00:00 +0000\r\n"
        "From: reel@example.org\r\n"
        "To: a@example.org\r\n"
        "Subject: It failed\r\n"
        "Message-ID: <callback-7@reel>\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        "\r\n"
        "aGVsbG8K\r\n"
    );
}

TEST(MailText, NamesAllWhoGetIt) {
    Mail mail = a_mail();
    mail.to = {"a@b", "c@d"};
    mail.cc = {"e@f"};
    EXPECT_THAT(mail_text(mail).value(), HasSubstr("To: a@b, c@d\r\nCc: e@f\r\n"));
}

TEST(MailText, TakesABodyThatBeginsSoForHtml) {
    Mail mail = a_mail();
    mail.body = "\n  <p>x</p>";
    EXPECT_THAT(mail_text(mail).value(), HasSubstr("text/html"));
    mail.body = "a < b";
    EXPECT_THAT(mail_text(mail).value(), HasSubstr("text/plain"));
    mail.body = "";
    EXPECT_THAT(mail_text(mail).value(), EndsWith("\r\n\r\n"));
}

TEST(MailText, WrapsALongBody) {
    Mail mail = a_mail();
    mail.body = std::string(100, 'x');
    const std::string text = mail_text(mail).value();
    const std::string body = text.substr(text.find("\r\n\r\n") + 4);
    EXPECT_EQ(body.find("\r\n"), 76U);
    EXPECT_THAT(body, EndsWith("\r\n"));
}

TEST(MailText, EncodesASubjectThatIsNotAscii) {
    Mail mail = a_mail();
    mail.subject = "größer";
    EXPECT_THAT(mail_text(mail).value(), HasSubstr("Subject: =?utf-8?B?Z3LDtsOfZXI=?=\r\n"));
}

TEST(MailText, PartsALongSubjectBetweenCharacters) {
    Mail mail = a_mail();
    mail.subject = "x";
    for (int i = 0; i < 60; ++i) mail.subject += "ü";
    const std::string text = mail_text(mail).value();
    // 45 bytes would end in the middle of an "ü": 1 + 22 × 2.
    EXPECT_THAT(text, HasSubstr("Subject: =?utf-8?B?"));
    EXPECT_THAT(text, HasSubstr("?=\r\n =?utf-8?B?"));
    EXPECT_THAT(text, Not(HasSubstr("=?utf-8?B?vM")));
}

TEST(MailText, KeepsWhatATemplateGaveInOneHeader) {
    Mail mail = a_mail();
    mail.subject = "x\r\nBcc: everybody@example.org";
    EXPECT_THAT(mail_text(mail).value(), HasSubstr("Subject: x  Bcc: everybody@example.org\r\n"));
}

TEST(MailText, RefusesWhatIsNoAddress) {
    for (const char* address :
         {"", "nobody", "a@b\r\nBcc: c@d", "a@b, c@d", "<a@b>", "a@b;c@d", "ä@b", "A <a@b>"}) {
        Mail mail = a_mail();
        mail.to = {address};
        const auto text = mail_text(mail);
        ASSERT_FALSE(text) << address;
        EXPECT_EQ(text.error().code, core::Errc::invalid_argument);
        EXPECT_THAT(text.error().message, Not(HasSubstr("\n")));
        mail = a_mail();
        mail.cc = {address};
        EXPECT_FALSE(mail_text(mail)) << address;
        mail = a_mail();
        mail.from = address;
        EXPECT_FALSE(mail_text(mail)) << address;
    }
}

TEST(MailText, WantsSomebodyToSendItTo) {
    Mail mail = a_mail();
    mail.to.clear();
    mail.cc = {"a@b"};
    EXPECT_THAT(mail_text(mail).error().message, StartsWith("the mail is to nobody"));
}

TEST(MailText, SpellsEveryDate) {
    Mail mail = a_mail();
    mail.date = core::Timestamp();
    EXPECT_THAT(mail_text(mail).value(), StartsWith("Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"));
    mail.date = std::chrono::sys_days(std::chrono::year(2024) / 12 / 31) + std::chrono::hours(23) +
                std::chrono::minutes(59) + std::chrono::microseconds(1);
    EXPECT_THAT(mail_text(mail).value(), StartsWith("Date: Tue, 31 Dec 2024 23:59:00 +0000\r\n"));
}

}  // namespace
}  // namespace reel::fetch
