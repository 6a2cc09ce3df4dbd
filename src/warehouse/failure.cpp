#include "warehouse/failure.hpp"

#include <string_view>

namespace reel::warehouse {

namespace {

core::Errc code_of(const postgres::DatabaseError& failure) {
    using enum postgres::FailureKind;
    if (failure.kind() == transient || failure.kind() == in_doubt) {
        return core::Errc::unavailable;
    }
    if (failure.kind() == conflict) {
        return core::Errc::conflict;
    }
    const std::string_view state = failure.sqlstate();
    if (state == "42501" || state.starts_with("28")) {
        return core::Errc::permission_denied;
    }
    if (state.starts_with("22")) {
        return core::Errc::corrupt_data;
    }
    if (state == "57014") {
        return core::Errc::timed_out;
    }
    if (state == "0A000") {
        return core::Errc::unsupported;
    }
    return state.empty() ? core::Errc::internal : core::Errc::invalid_argument;
}

std::string hint_of(const postgres::DatabaseError& failure) {
    if (failure.sqlstate() == "42501") {
        return "grant the connection's user what the statement needs";
    }
    if (failure.sqlstate() == "23503") {
        return "load the referenced table first, or leave out the rows that have no parent";
    }
    return {};
}

}  // namespace

core::Error to_error(const postgres::DatabaseError& failure, std::string where) {
    return {code_of(failure), failure.what(), std::move(where), hint_of(failure)};
}

core::Error at_file(core::Error error, const std::string& file) {
    if (error.where.empty()) {
        error.where = file;
    }
    return error;
}

}  // namespace reel::warehouse
