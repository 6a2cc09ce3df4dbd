#pragma once

namespace reel::runner {

/// Keeps a program with few busy threads from giving each of them a heap of its own. Before there
/// are any.
void share_heaps();

/// Gives back what only the start of the program needed: free memory, and the pages of its code and
/// of its libraries, which come back from the page cache as they are used again.
void let_go_of_start();

}  // namespace reel::runner
