#include "warehouse/stage/input_files.hpp"

#include <gtest/gtest.h>

#include <array>
#include <span>

#include "support/archive_builder.hpp"
#include "warehouse_test.hpp"

namespace reel::warehouse {

namespace {

class InputFilesTest : public WarehouseTest {
  protected:
    /// Reads all of it in pieces and gives the share at each step; a share never goes back.
    std::vector<std::uint64_t> shares_of(InputFiles& files) {
        std::vector<std::uint64_t> shares = {files.share().done};
        while (auto part = files.next().value()) {
            std::array<std::byte, 5000> piece{};
            while (part->bytes->read(piece).value() > 0) {
                EXPECT_GE(files.share().done, shares.back());
                shares.push_back(files.share().done);
            }
        }
        shares.push_back(files.share().done);
        return shares;
    }
    LocatedFile located(const std::string& name, const std::string& content) {
        return {put(name, content), name};
    }
};

TEST_F(InputFilesTest, TellsHowMuchWasReadOfPlainFiles) {
    auto files =
        InputFiles::open(
            {located("a", std::string(10'000, 'a')), located("b", std::string(10, 'b'))}, {}
        )
            .value();
    EXPECT_EQ(files.share().whole, 10'010U);
    EXPECT_EQ(shares_of(files), (std::vector<std::uint64_t>{0, 5000, 10'000, 10'010, 10'010}));
}

TEST_F(InputFilesTest, CountsThePackedBytesOfPackedFiles) {
    std::string content;
    for (int i = 0; i < 200'000; ++i) content += std::to_string(i * 7919 % 100'003) + "\n";
    for (const std::string filter : {"gzip", "bzip2", "xz", "zstd"}) {
        const auto packed = support::pack(content, filter);
        auto files = InputFiles::open({located("t", packed)}, {}).value();
        EXPECT_EQ(files.share().whole, packed.size()) << filter;
        const auto shares = shares_of(files);
        EXPECT_EQ(shares.back(), packed.size()) << filter;
        const auto half = shares[shares.size() / 2];
        EXPECT_GT(half, packed.size() / 4) << filter;
        EXPECT_LT(half, packed.size()) << filter;
    }
}

TEST_F(InputFilesTest, CountsTheBytesOfTheMembersThatAreWanted) {
    const std::vector<support::Member> members = {
        {.name = "a.csv", .content = std::string(7'000, 'a')},
        {.name = "other", .content = std::string(99'000, 'x')},
        {.name = "b.csv", .content = std::string(3'000, 'b')}
    };
    for (const auto& archive : {support::make_zip(members), support::make_tar(members, "gzip")}) {
        auto files = InputFiles::open({located("t", archive)}, {.member = "*.csv"}).value();
        EXPECT_EQ(files.share().whole, 10'000U);
        EXPECT_EQ(files.estimated_bytes(), 10'000U);
        EXPECT_EQ(shares_of(files).back(), 10'000U);
    }
}

TEST_F(InputFilesTest, ComeOnceMore) {
    auto files = InputFiles::open(
        {located("p", "plain"), located("g", support::pack("packed", "gzip"))}, {}
    );
    ASSERT_TRUE(files);
    const auto read = [&] {
        std::string text;
        while (auto part = files->next().value()) {
            std::array<char, 100> piece{};
            const auto got = part->bytes->read(std::as_writable_bytes(std::span(piece))).value();
            text += part->name + "=" + std::string(piece.data(), got) + " ";
        }
        return text;
    };
    EXPECT_EQ(read(), "p=plain g=packed ");
    EXPECT_EQ(read(), "");
    files->rewind();
    EXPECT_EQ(files->share().done, 0U);
    EXPECT_EQ(read(), "p=plain g=packed ");
    files->rewind();
    ASSERT_TRUE(files->next().value());
    files->rewind();
    EXPECT_EQ(read(), "p=plain g=packed ") << "from the middle of one";
    EXPECT_EQ(files->share().done, files->share().whole);
    EXPECT_EQ(files->file_bytes(), files->share().whole);
}

}  // namespace

}  // namespace reel::warehouse
