#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string>

#include "reel/core/result.hpp"

namespace reel::fetch {

/// The functions of libcurl that are used; the only way to it.
struct CurlLibrary {
    decltype(&::curl_global_init) global_init = nullptr;
    decltype(&::curl_easy_init) easy_init = nullptr;
    decltype(&::curl_easy_cleanup) easy_cleanup = nullptr;
    decltype(&::curl_easy_setopt) easy_setopt = nullptr;
    decltype(&::curl_easy_getinfo) easy_getinfo = nullptr;
    decltype(&::curl_easy_perform) easy_perform = nullptr;
    decltype(&::curl_easy_strerror) easy_strerror = nullptr;
    decltype(&::curl_slist_append) slist_append = nullptr;
    decltype(&::curl_slist_free_all) slist_free_all = nullptr;

    /// Loads it at the first call; from any thread. Errc::unavailable where it is missing.
    [[nodiscard]] static core::Result<const CurlLibrary*> load();
};

/// Headers or recipients.
class CurlList final {
  public:
    explicit CurlList(const CurlLibrary& library)
        : library_(&library), list_(nullptr, library.slist_free_all) {}
    void append(const std::string& line) {
        // Only the first call gives a new head.
        curl_slist* const shorter = list_.release();
        list_.reset(library_->slist_append(shorter, line.c_str()));
    }
    [[nodiscard]] curl_slist* get() const { return list_.get(); }

  private:
    const CurlLibrary* library_;
    std::unique_ptr<curl_slist, decltype(&::curl_slist_free_all)> list_;
};

/// One handle of libcurl and what it says.
class CurlSession final {
  public:
    /// Errc::unavailable where libcurl is missing.
    [[nodiscard]] static core::Result<CurlSession> open();

    template <class Value>
    void set(CURLoption option, Value value) {
        library_->easy_setopt(handle_.get(), option, value);
    }
    /// What curl knows since perform().
    template <class Value>
    [[nodiscard]] Value get(CURLINFO info, Value value = {}) const {
        library_->easy_getinfo(handle_.get(), info, &value);
        return value;
    }
    [[nodiscard]] CURLcode perform();
    /// What went wrong in the last perform(), in curl's words.
    [[nodiscard]] std::string complaint(CURLcode code) const;
    [[nodiscard]] CurlList make_list() const { return CurlList(*library_); }

  private:
    CurlSession(const CurlLibrary& library, CURL* handle)
        : library_(&library), handle_(handle, library.easy_cleanup) {}

    const CurlLibrary* library_;
    std::unique_ptr<CURL, decltype(&::curl_easy_cleanup)> handle_;
    std::array<char, CURL_ERROR_SIZE> message_{};
};

}  // namespace reel::fetch
