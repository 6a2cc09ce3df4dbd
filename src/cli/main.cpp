#include "reel/cli/app.hpp"

int main(int argc, char** argv) {
    return reel::cli::run_client(argc, argv);
}
