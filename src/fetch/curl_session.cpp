#include "curl_session.hpp"

#include "shared_library.hpp"

namespace reel::fetch {

namespace {

core::Result<CurlLibrary> load_curl() {
    auto file = SharedLibrary::open("libcurl.so.4", "libcurl4");
    if (!file) return std::unexpected(std::move(file.error()));
    CurlLibrary library;
    file->find("curl_global_init", library.global_init);
    file->find("curl_easy_init", library.easy_init);
    file->find("curl_easy_cleanup", library.easy_cleanup);
    file->find("curl_easy_setopt", library.easy_setopt);
    file->find("curl_easy_getinfo", library.easy_getinfo);
    file->find("curl_easy_perform", library.easy_perform);
    file->find("curl_easy_strerror", library.easy_strerror);
    file->find("curl_slist_append", library.slist_append);
    file->find("curl_slist_free_all", library.slist_free_all);
    if (auto complete = file->complete(); !complete) {
        return std::unexpected(std::move(complete.error()));
    }
    library.global_init(CURL_GLOBAL_DEFAULT);  // for as long as the process lives
    return library;
}

}  // namespace

core::Result<const CurlLibrary*> CurlLibrary::load() {
    static const core::Result<CurlLibrary> library = load_curl();
    if (!library) return std::unexpected(library.error());
    return &*library;
}

core::Result<CurlSession> CurlSession::open() {
    const auto library = CurlLibrary::load();
    if (!library) return std::unexpected(library.error());
    CURL* const handle = (*library)->easy_init();
    if (handle == nullptr) return core::fail(core::Errc::internal, "curl cannot be initialised");
    return CurlSession(**library, handle);
}

CURLcode CurlSession::perform() {
    message_.front() = '\0';
    set(CURLOPT_ERRORBUFFER, message_.data());
    const CURLcode code = library_->easy_perform(handle_.get());
    set(CURLOPT_ERRORBUFFER, nullptr);  // this object may move
    return code;
}

std::string CurlSession::complaint(CURLcode code) const {
    return message_.front() != '\0' ? message_.data() : library_->easy_strerror(code);
}

}  // namespace reel::fetch
