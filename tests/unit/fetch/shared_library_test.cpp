#include "fetch/shared_library.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include "fetch/archive_library.hpp"
#include "fetch/curl_session.hpp"

namespace reel::fetch {

namespace {

using ::testing::HasSubstr;

TEST(SharedLibrary, GivesItsFunctionsWhenTheyAreAskedFor) {
    auto library = SharedLibrary::open("libc.so.6", "libc6");
    ASSERT_TRUE(library);
    decltype(&::getpid) process_id = nullptr;
    library->find("getpid", process_id);
    ASSERT_TRUE(library->complete());
    EXPECT_EQ(process_id(), ::getpid());
}

TEST(SharedLibrary, SaysWhichPackageBringsOneThatIsMissing) {
    const auto library = SharedLibrary::open("libreel-has-none.so.0", "libreel0");
    ASSERT_FALSE(library);
    EXPECT_EQ(library.error().code, core::Errc::unavailable);
    EXPECT_THAT(library.error().message, HasSubstr("cannot load libreel-has-none.so.0"));
    EXPECT_EQ(library.error().hint, "install it: apt install libreel0");
}

TEST(SharedLibrary, NamesTheFirstFunctionThatItLacks) {
    auto library = SharedLibrary::open("libc.so.6", "libc6");
    ASSERT_TRUE(library);
    void (*none)() = nullptr;
    decltype(&::getpid) process_id = nullptr;
    library->find("reel_first_of_none", none);
    library->find("getpid", process_id);
    library->find("reel_second_of_none", none);
    EXPECT_EQ(none, nullptr);
    const auto complete = library->complete();
    ASSERT_FALSE(complete);
    EXPECT_EQ(complete.error().message, "libc.so.6 has no function reel_first_of_none");
}

TEST(SharedLibrary, OfCurlAndArchiveAreLoadedOnce) {
    const auto curl = CurlLibrary::load();
    ASSERT_TRUE(curl) << curl.error().describe();
    EXPECT_EQ(*CurlLibrary::load(), *curl);
    const auto archive = ArchiveLibrary::load();
    ASSERT_TRUE(archive) << archive.error().describe();
    EXPECT_EQ(*ArchiveLibrary::load(), *archive);
}

TEST(CurlSession, TellsInWordsWhatWentWrong) {
    auto curl = CurlSession::open();
    ASSERT_TRUE(curl);
    curl->set(CURLOPT_URL, "gopher-or-what://nowhere");
    const CURLcode code = curl->perform();
    EXPECT_EQ(code, CURLE_UNSUPPORTED_PROTOCOL);
    EXPECT_THAT(curl->complaint(code), HasSubstr("gopher-or-what"));
    EXPECT_EQ(curl->get<long>(CURLINFO_RESPONSE_CODE), 0);
}

TEST(CurlSession, KeepsTheOrderOfAList) {
    auto curl = CurlSession::open();
    ASSERT_TRUE(curl);
    CurlList list = curl->make_list();
    EXPECT_EQ(list.get(), nullptr);
    list.append("A: 1");
    list.append("B: 2");
    ASSERT_NE(list.get(), nullptr);
    EXPECT_STREQ(list.get()->data, "A: 1");
    ASSERT_NE(list.get()->next, nullptr);
    EXPECT_STREQ(list.get()->next->data, "B: 2");
}

}  // namespace

}  // namespace reel::fetch
