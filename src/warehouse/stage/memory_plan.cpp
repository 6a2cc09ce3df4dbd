#include "warehouse/stage/memory_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>
#include <thread>

#include "warehouse/source/block_cutter.hpp"
#include "warehouse/source/record_reader.hpp"
#include "warehouse/stage/block_feed.hpp"
#include "warehouse/stage/copy_sink.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

constexpr std::array<std::size_t, 5> block_sizes = {
    BlockCutter::usual_bytes, 512U << 10U, 256U << 10U, 128U << 10U, 64U << 10U
};
/// What is loaded with the first packed file, and what connections and reports take.
constexpr std::uint64_t own_growth = 14U << 20U;
constexpr std::size_t usual_bytes_out = 48U << 20U;
/// How often a record's bytes are there while it is read, encoded, sent and perhaps quarantined.
constexpr std::uint64_t copies_of_a_record = 12;
constexpr std::size_t least_record = 256U << 10U;

/// A buffer that is sent is there once more in the next one's memory, and with the connection.
constexpr std::uint64_t copies_of_a_piece = 3;

std::uint64_t buffers_of(std::size_t connections, std::size_t block_bytes, std::size_t tables) {
    const std::size_t blocks = BlockFeed::most_out(connections) + 1;
    return blocks * block_bytes + connections * CopySink::buffer_bytes(tables);
}

/// With what hangs on them: what is told of the records of a block until its turn comes, and what
/// an allocator does not give back.
std::uint64_t memory_of(std::size_t connections, std::size_t block_bytes, std::size_t tables) {
    const std::size_t blocks = BlockFeed::most_out(connections) + 2;
    const std::uint64_t pieces = connections * CopySink::buffer_bytes(tables) * copies_of_a_piece;
    return (3 * blocks * block_bytes + pieces) * 5 / 4;
}

MemoryPlan usual_plan(const MemoryWish& wish) {
    return {
        .connections = wish.connections,
        .block_bytes = BlockCutter::usual_bytes,
        .max_record_bytes = CsvOptions().max_record_bytes,
        .max_bytes_out = usual_bytes_out,
        .buffers = buffers_of(wish.connections, BlockCutter::usual_bytes, wish.tables)
    };
}

/// Of a process as /proc/self/status has it: "VmRSS:     1234 kB".
std::uint64_t status_bytes(std::string_view name) {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(name)) continue;
        return std::stoull(line.substr(name.size())) << 10U;
    }
    return 0;
}

}  // namespace

core::Result<MemoryPlan> plan_memory(const MemoryWish& wish) {
    MemoryPlan plan = usual_plan(wish);
    if (wish.limit == 0) return plan;
    const std::uint64_t own = wish.used + own_growth;
    // The greatest record takes its part of what the blocks leave.
    const auto room_for = [&](std::size_t connections) {
        return 2 * copies_of_a_record * connections * least_record;
    };
    for (std::size_t connections = wish.connections; connections > 0; --connections) {
        for (const std::size_t block_bytes : block_sizes) {
            const std::uint64_t taken = own + memory_of(connections, block_bytes, wish.tables);
            if (taken + room_for(connections) > wish.limit) continue;
            plan.spare = (wish.limit - taken) / 2;
            const auto record = (wish.limit - taken) / (2 * copies_of_a_record * connections);
            plan.connections = connections;
            plan.block_bytes = block_bytes;
            plan.max_record_bytes = std::min<std::uint64_t>(plan.max_record_bytes, record);
            plan.max_bytes_out = BlockFeed::most_out(connections) * block_bytes;
            plan.buffers = buffers_of(connections, block_bytes, wish.tables);
            return plan;
        }
    }
    const std::uint64_t least = own + memory_of(1, block_sizes.back(), wish.tables) + room_for(1);
    constexpr std::uint64_t megabyte = 1'000'000;
    return core::fail(
        core::Errc::invalid_argument,
        fmt::format(
            "a memory limit of {} is too small: the program itself takes {}, and with the least "
            "buffers for {} table{} it is {}",
            readable_bytes(wish.limit),
            readable_bytes(own),
            wish.tables,
            wish.tables == 1 ? "" : "s",
            readable_bytes(least)
        ),
        fmt::format("--memory-limit {}MB is enough", least / megabyte + 1)
    );
}

std::size_t connections_for(std::uint64_t bytes) {
    constexpr std::uint64_t worth_a_connection = 8U << 20U;
    constexpr std::uint64_t most = 4;
    const std::uint64_t cores = std::max(1U, std::thread::hardware_concurrency());
    return std::clamp<std::uint64_t>(bytes / worth_a_connection, 1, std::min(cores, most));
}

MemoryWish wish_of(
    const OperationContext& context, const InputFiles& files, const StageSpec& spec
) {
    return {
        .limit = context.memory_limit,
        .used = context.memory_limit == 0 ? 0 : resident_bytes(),
        .connections = connections_for(files.estimated_bytes()),
        .tables = spec.tables.size()
    };
}

void obey(const MemoryPlan& plan, StageSpec& spec) {
    spec.csv.block_bytes = plan.block_bytes;
    spec.csv.max_record_bytes = plan.max_record_bytes;
    spec.csv.max_cell_bytes = std::min(spec.csv.max_cell_bytes, plan.max_record_bytes);
}

std::string describe(const MemoryPlan& plan, const MemoryWish& wish) {
    std::string text = fmt::format(
        "{} connection{}, at most {} in buffers",
        plan.connections,
        plan.connections == 1 ? "" : "s",
        readable_bytes(plan.buffers)
    );
    if (wish.limit == 0) return text;
    return text + fmt::format(
                      " (blocks of {}); the limit is {}, of which the program itself takes {}; a "
                      "record may have {}",
                      readable_bytes(plan.block_bytes),
                      readable_bytes(wish.limit),
                      readable_bytes(wish.used),
                      readable_bytes(plan.max_record_bytes)
                  );
}

std::uint64_t resident_bytes() {
    return status_bytes("VmRSS:");
}

std::uint64_t peak_resident_bytes() {
    return status_bytes("VmHWM:");
}

}  // namespace reel::warehouse
