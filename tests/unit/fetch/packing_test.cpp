#include "fetch/packing.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace reel::fetch {

namespace {

using namespace std::string_literals;

std::string tar_front() {
    std::string block(512, '\0');
    block.replace(0, 5, "a.csv");
    block.replace(257, 5, "ustar");
    return block;
}

struct PackingCase {
    std::string front;
    Packing packing;
};

class PackingOf : public testing::TestWithParam<PackingCase> {};

TEST_P(PackingOf, IsToldByTheFirstBytes) {
    EXPECT_EQ(packing_of(GetParam().front), GetParam().packing);
}

INSTANTIATE_TEST_SUITE_P(
    Fronts,
    PackingOf,
    testing::Values(
        PackingCase{"", Packing::none},
        PackingCase{"id,title\n", Packing::none},
        PackingCase{"BZhours,name\n1,2\n", Packing::none},
        PackingCase{"BZh9", Packing::none},
        PackingCase{"PK,name\n", Packing::none},
        PackingCase{"\xff\xfei\0d\0"s, Packing::none},
        PackingCase{"\x1f\x8b\x08", Packing::gzip},
        PackingCase{"BZh91AY&SY", Packing::bzip2},
        PackingCase{"BZh9\x17\x72\x45\x38\x50\x90", Packing::bzip2},
        PackingCase{"\xfd\x37zXZ\0"s, Packing::xz},
        PackingCase{"\x28\xb5\x2f\xfd", Packing::zstd},
        PackingCase{"PK\x03\x04", Packing::zip},
        PackingCase{"PK\x05\x06", Packing::zip},
        PackingCase{tar_front(), Packing::tar},
        PackingCase{tar_front().substr(0, 300), Packing::none}
    )
);

TEST(Packing, HasWords) {
    EXPECT_EQ(to_string(Packing::none), "not packed");
    EXPECT_EQ(to_string(Packing::gzip), "gzip");
    EXPECT_EQ(to_string(Packing::bzip2), "bzip2");
    EXPECT_EQ(to_string(Packing::xz), "xz");
    EXPECT_EQ(to_string(Packing::zstd), "zstd");
    EXPECT_EQ(to_string(Packing::zip), "zip");
    EXPECT_EQ(to_string(Packing::tar), "tar");
}

class PackingFile : public testing::Test {
  protected:
    PackingFile() {
        std::string name =
            (std::filesystem::temp_directory_path() / "reel-packing-XXXXXX").string();
        folder = ::mkdtemp(name.data());
    }
    ~PackingFile() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
    [[nodiscard]] std::filesystem::path put(const std::string& bytes) const {
        std::ofstream(folder / "file", std::ios::binary | std::ios::trunc) << bytes;
        return folder / "file";
    }
    std::filesystem::path folder;
};

TEST_F(PackingFile, IsLookedAtByItsFront) {
    EXPECT_EQ(detect_packing(put("\x1f\x8b" + std::string(5000, 'x'))).value(), Packing::gzip);
    EXPECT_EQ(detect_packing(put("")).value(), Packing::none);
    EXPECT_EQ(detect_packing(folder / "missing").error().code, core::Errc::not_found);
}

TEST_F(PackingFile, MayEndInZeros) {
    const std::string zeros(200'000, '\0');
    EXPECT_TRUE(all_zeros_from(put("abc" + zeros), 3).value());
    EXPECT_FALSE(all_zeros_from(put("abc" + zeros), 2).value());
    EXPECT_FALSE(all_zeros_from(put("abc" + zeros + "x"), 3).value());
    EXPECT_TRUE(all_zeros_from(put("abc"), 3).value());
}

TEST_F(PackingFile, EndsLikeATarBehindTwoBlocksOfZeros) {
    EXPECT_TRUE(ends_like_tar(put(tar_front() + std::string(1024, '\0'))).value());
    EXPECT_FALSE(ends_like_tar(put(tar_front() + "x" + std::string(1023, '\0'))).value());
    EXPECT_FALSE(ends_like_tar(put(std::string(512, '\0'))).value());
}

}  // namespace

}  // namespace reel::fetch
