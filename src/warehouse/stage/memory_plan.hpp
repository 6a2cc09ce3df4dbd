#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "reel/core/result.hpp"
#include "reel/warehouse/operations.hpp"
#include "warehouse/stage/input_files.hpp"
#include "warehouse/stage/spec.hpp"

namespace reel::warehouse {

/// What a load keeps in memory, whatever the size of its file.
struct MemoryPlan {
    std::size_t connections = 1;  ///< each with a thread
    std::size_t block_bytes = 0;
    std::size_t max_record_bytes = 0;  ///< a larger record is rejected
    std::size_t max_bytes_out = 0;     ///< of blocks that are with the threads
    std::uint64_t spare = 0;           ///< of a limit, for what is counted; half of the rest
    std::uint64_t buffers = 0;         ///< all of them together, as long as records are small
};

/// What a plan is made of.
struct MemoryWish {
    std::uint64_t limit = 0;      ///< of the whole process; 0: none
    std::uint64_t used = 0;       ///< by the process already
    std::size_t connections = 1;  ///< that the file is worth
    std::size_t tables = 1;
};

/// As many connections as are wanted, with blocks of the usual size, where the limit allows it;
/// smaller blocks where not, and fewer connections where that is not enough. Error
/// (invalid_argument): the limit is too small for any load.
[[nodiscard]] core::Result<MemoryPlan> plan_memory(const MemoryWish& wish);

/// How many connections a file of so many bytes is worth on this machine.
[[nodiscard]] std::size_t connections_for(std::uint64_t bytes);

/// How much a load may take of a limit, for the files at hand.
[[nodiscard]] MemoryWish wish_of(
    const OperationContext& context, const InputFiles& files, const StageSpec& spec
);

/// Makes whoever reads the source keep to the plan.
void obey(const MemoryPlan& plan, StageSpec& spec);

/// "2 connections, at most 9.4 MB in buffers; 100.0 MB is the limit, of which the program itself
/// takes 30.0 MB".
[[nodiscard]] std::string describe(const MemoryPlan& plan, const MemoryWish& wish);

/// Of this process, now; 0 where the system does not tell.
[[nodiscard]] std::uint64_t resident_bytes();
/// The most that it ever was.
[[nodiscard]] std::uint64_t peak_resident_bytes();

}  // namespace reel::warehouse
