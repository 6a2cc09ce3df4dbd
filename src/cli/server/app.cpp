#include "reel/cli/app.hpp"

#include "cli/program.hpp"
#include "cli/server/actions.hpp"
#include "cli/server_program.hpp"

namespace reel::cli {

ServerSide server_side(const ServerCommands& commands) {
    return {
        .commands = commands,
        .migrate = migrate_database,
        .check = check_database,
        .reset = reset_database,
        .url = print_url,
        .shell = open_shell,
        .clean = clean_databases,
        .check_jobs = check_jobs,
        .validate = validate_files,
        .infer = infer_file,
        .load = load_file,
        .explain = explain_file,
        .list_rejects = list_rejects,
        .show_rejects = show_rejects,
        .replay_rejects = replay_rejects,
        .edit_reject = edit_reject
    };
}

int run_server(int argc, char** argv, const ServerCommands& commands) {
    forget_what_the_heap_was_told();
    return run_program(argc, argv, server_side(commands));
}

}  // namespace reel::cli
