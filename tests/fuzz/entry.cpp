// What libFuzzer calls, for the target that this program is built for.

#include <cstddef>
#include <cstdint>

#include "fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    reel::fuzz::REEL_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
    return 0;
}
