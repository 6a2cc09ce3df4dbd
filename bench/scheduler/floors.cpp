// What the machine itself needs for the steps that no orchestrator can do without: a process, a
// synced append, a commit.
//
//   reel-floors machine DATABASE FOLDER       spawns of a shell, appends to a file of FOLDER,
//   commits in DATABASE; JSON reel-floors spawn COUNT PROGRAM [WORD…]   microseconds that one
//   process takes when COUNT of them follow each other

#include <fcntl.h>
#include <libpq-fe.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Words = std::vector<std::string>;

const Words shell{"/bin/sh", "-c", "true"};
constexpr int batches = 5;

void require(bool holds, const std::string& what) {
    if (!holds) throw std::runtime_error(what);
}

double microseconds_of(const std::function<void()>& work) {
    const auto began = Clock::now();
    work();
    return std::chrono::duration<double, std::micro>(Clock::now() - began).count();
}

/// One step's time: the median of several batches, each divided by its number of steps.
double step_microseconds(int steps, const std::function<void()>& step) {
    std::array<double, batches> times{};
    for (double& time : times) {
        time = microseconds_of([&] {
                   for (int i = 0; i < steps; ++i) step();
               }) /
               steps;
    }
    std::ranges::sort(times);
    return times[batches / 2];
}

// --- processes

void spawn(const Words& words) {
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    // posix_spawn promises not to write to them; its signature is older than const.
    for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    pid_t pid = 0;
    const int error = ::posix_spawnp(&pid, argv[0], nullptr, nullptr, argv.data(), environ);
    require(error == 0, "cannot start " + words[0]);
}

void wait_for_one() {
    int status = 0;
    require(::waitpid(-1, &status, 0) > 0, "a process is lost");
    require(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a process failed");
}

double sequential_microseconds(int count, const Words& words) {
    return step_microseconds(count, [&] {
        spawn(words);
        wait_for_one();
    });
}

double parallel_per_second(int count, int in_flight) {
    const double time = microseconds_of([&] {
        for (int started = 0; started < count; ++started) {
            if (started >= in_flight) wait_for_one();
            spawn(shell);
        }
        for (int left = std::min(count, in_flight); left > 0; --left) wait_for_one();
    });
    return count * 1e6 / time;
}

struct BestParallel {
    double per_second = 0;
    int in_flight = 0;
};

BestParallel best_parallel(int count) {
    BestParallel best;
    for (const int in_flight : {2, 4, 8, 16}) {
        const double rate = parallel_per_second(count, in_flight);
        if (rate > best.per_second) best = {rate, in_flight};
    }
    return best;
}

// --- the disk

double append_microseconds(const std::string& folder) {
    const std::string path = folder + "/floor";
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    require(file >= 0, "cannot write to " + folder);
    const std::string record(256, 'x');
    const double time = step_microseconds(100, [&] {
        const bool written = ::write(file, record.data(), record.size()) > 0;
        require(written && ::fdatasync(file) == 0, "cannot append to " + path);
    });
    ::close(file);
    ::unlink(path.c_str());
    return time;
}

// --- Postgres

struct CloseConnection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
using Connection = std::unique_ptr<PGconn, CloseConnection>;

void check(PGconn* connection, PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    require(status == PGRES_COMMAND_OK, PQerrorMessage(connection));
}

double commit_microseconds(const std::string& database) {
    const Connection connection(PQconnectdb(database.c_str()));
    PGconn* const link = connection.get();
    require(PQstatus(link) == CONNECTION_OK, PQerrorMessage(link));
    check(
        link, PQexec(link, "create table public.bench_floor (id bigserial primary key, word text)")
    );
    const char* const insert = "insert into public.bench_floor (word) values ('success')";
    check(link, PQprepare(link, "one_row", insert, 0, nullptr));
    const double time = step_microseconds(100, [&] {
        check(link, PQexecPrepared(link, "one_row", 0, nullptr, nullptr, nullptr, 0));
    });
    check(link, PQexec(link, "drop table public.bench_floor"));
    return time;
}

// --- the program

void print_machine(const std::string& database, const std::string& folder) {
    const double sequential = sequential_microseconds(40, shell);
    const BestParallel parallel = best_parallel(400);
    std::printf(
        "{\"spawn_us\": %.1f, \"parallel_spawns_per_s\": %.0f, \"parallel_in_flight\": %d, "
        "\"append_sync_us\": %.1f, \"commit_us\": %.1f}\n",
        sequential,
        parallel.per_second,
        parallel.in_flight,
        append_microseconds(folder),
        commit_microseconds(database)
    );
}

int run(const Words& words) {
    if (words.size() == 3 && words[0] == "machine") {
        print_machine(words[1], words[2]);
        return 0;
    }
    if (words.size() >= 3 && words[0] == "spawn") {
        const int count = std::atoi(words[1].c_str());
        require(count > 0, "COUNT must be a positive number");
        std::printf("%.1f\n", sequential_microseconds(count, {words.begin() + 2, words.end()}));
        return 0;
    }
    std::fputs(
        "usage: reel-floors machine DATABASE FOLDER | spawn COUNT PROGRAM [WORD...]\n", stderr
    );
    return 2;
}

}  // namespace

int main(int count, char** words) {
    try {
        return run({words + 1, words + count});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "error: %s\n", error.what());
        return 1;
    }
}
