#include "conninfo.hpp"

#include <libpq-fe.h>

#include <memory>

#include "reel/postgres/error.hpp"

namespace reel::postgres {

namespace {

std::string quoted(const std::string& value) {
    std::string text = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') text += '\\';
        text += c;
    }
    return text + "'";
}

}  // namespace

Conninfo::Conninfo(const std::string& uri) {
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(uri.c_str(), &message), &PQconninfoFree
    );
    if (message != nullptr) PQfreemem(message);
    if (!options) {
        throw DatabaseError(
            FailureKind::bug,
            "",
            "the database URI cannot be read; it should look like "
            "postgresql://user:password@host:5432/database"
        );
    }
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) settings_.emplace(option->keyword, option->val);
    }
}

void Conninfo::set_default(const std::string& keyword, const std::string& value) {
    settings_.emplace(keyword, value);
}

std::string Conninfo::text() const {
    std::string text;
    for (const auto& [keyword, value] : settings_) {
        if (!text.empty()) text += ' ';
        text += keyword + "=" + quoted(value);
    }
    return text;
}

std::string Conninfo::redact(std::string message) const {
    const auto password = settings_.find("password");
    if (password == settings_.end() || password->second.empty()) return message;
    std::size_t at = 0;
    while ((at = message.find(password->second, at)) != std::string::npos) {
        message.replace(at, password->second.size(), "***");
        at += 3;
    }
    return message;
}

}  // namespace reel::postgres
