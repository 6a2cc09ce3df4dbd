#include <fstream>
#include <string>

/// A program into which nothing can be loaded; notes each of its starts beside itself.
int main(int /*count*/, char** words) {
    std::ofstream(std::string(words[0]) + ".starts", std::ios::app) << '.';
    return 7;
}
