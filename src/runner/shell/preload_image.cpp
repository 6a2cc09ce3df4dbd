#include "preload_image.hpp"

// The compiler has no #embed yet.
asm(R"(
    .pushsection .rodata
    .balign 16
    .global reel_preload_begin
    .global reel_preload_end
    reel_preload_begin:
    .incbin ")" REEL_PRELOAD_IMAGE R"("
    reel_preload_end:
    .popsection
)");

extern "C" {
extern const char reel_preload_begin;
extern const char reel_preload_end;
}

namespace reel::runner {

std::string_view preload_image() {
    return {&reel_preload_begin, &reel_preload_end};
}

}  // namespace reel::runner
