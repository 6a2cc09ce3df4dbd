#pragma once

#include <string_view>

namespace reel::fuzz {

/// What each of them is given are the bytes of a stranger's file. It must come to an end, without a
/// mistake that a sanitizer sees, and keep what the target demands; else the process is aborted.
using Target = void (*)(std::string_view input);

void csv(std::string_view input);      ///< read whole and in blocks of any size: the same records
void literal(std::string_view input);  ///< what can be read can be written as JSON, and read again
void json(std::string_view input);     ///< the texts that nlohmann/json takes, and the same values
void field(std::string_view input);    ///< the quick encoder and the exact one give the same bytes
void gzip(std::string_view input);     ///< what zlib unpacks, or an error
void archive(std::string_view input);  ///< zip and tar: nothing comes to lie outside of the folder
void dagfile(std::string_view input);  ///< DAGs are the same when they come back from the store

/// Aborts, with the words for people.
void demand(bool holds, std::string_view what);

}  // namespace reel::fuzz
