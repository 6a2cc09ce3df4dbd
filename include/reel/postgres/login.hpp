#pragma once

namespace reel::postgres {

/// What the first login would do by itself: OpenSSL reads its configuration and finds the digests
/// of SCRAM. For a program that has something else to do meanwhile; call it on a thread of its own.
void prepare_logins();

}  // namespace reel::postgres
