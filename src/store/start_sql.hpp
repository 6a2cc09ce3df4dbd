#pragma once

/// What the start of a term writes.
namespace reel::store {

extern const char* const forget_import_errors;  ///< $1 file names
extern const char* const mark_dags_stale;       ///< $1 ids

}  // namespace reel::store
