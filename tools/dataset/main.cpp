#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <string>

#include "generate.hpp"
#include "zip_file.hpp"

namespace {

using reel::dataset::Expectation;
using reel::dataset::Options;

struct Wanted {
    Options options;
    std::string line_ends = "lf";
    std::string zip;
    std::string expect;
    bool quiet = false;
};

void declare(CLI::App& app, Wanted& wanted) {
    Options& options = wanted.options;
    app.add_option("folder,--out", options.folder, "where the files go")->required();
    app.add_option("--seed", options.seed, "the same seed gives the same bytes")
        ->capture_default_str();
    app.add_option("--movies", options.movies, "distinct movies, up to 45000")
        ->capture_default_str();
    app.add_option("--ratings", options.ratings, "ratings; 40 per movie by default");
    app.add_option("--users", options.users, "users; one per 96 ratings by default");
    app.add_option(
        "--split", options.split_records, "records split in two; 3 per 45000 by default"
    );
    app.add_option("--bad-percent", options.bad_percent, "further broken records, in percent");
    app.add_option("--line-ends", wanted.line_ends, "lf or crlf")
        ->check(CLI::IsMember({"lf", "crlf"}));
    app.add_flag("--bom", options.bom, "begin each file with a byte order mark");
    app.add_option(
        "--zip", wanted.zip, "also pack movies_metadata, links and ratings into this file"
    );
    app.add_option(
        "--expect", wanted.expect, "write what a correct load gives into this file, as JSON"
    );
    app.add_flag("--quiet", wanted.quiet, "print nothing");
}

reel::core::Result<void> write_text(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (file) return {};
    return reel::core::fail(reel::core::Errc::unavailable, "cannot write the file", {}, path);
}

reel::core::Result<Expectation> run(const Wanted& wanted) {
    const auto expected = reel::dataset::generate(wanted.options);
    if (!expected) return expected;
    if (!wanted.zip.empty()) {
        const auto& folder = wanted.options.folder;
        const auto packed = reel::dataset::write_zip(
            wanted.zip,
            {folder / "movies_metadata.csv", folder / "links.csv", folder / "ratings.csv"}
        );
        if (!packed) return std::unexpected(packed.error());
    }
    if (!wanted.expect.empty()) {
        const auto written = write_text(wanted.expect, reel::dataset::to_json(*expected));
        if (!written) return std::unexpected(written.error());
    }
    return expected;
}

}  // namespace

int main(int argc, char** argv) {
    Wanted wanted;
    CLI::App app(
        "Writes a data set of the shape of Kaggle's The Movies Dataset, with the same dirt."
    );
    declare(app, wanted);
    CLI11_PARSE(app, argc, argv);
    wanted.options.crlf = wanted.line_ends == "crlf";
    const auto expected = run(wanted);
    if (!expected) {
        fmt::print(stderr, "error: {}\n", expected.error().describe());
        return 1;
    }
    if (!wanted.quiet) fmt::print("a correct load gives\n{}", reel::dataset::to_text(*expected));
    return 0;
}
