/// libpqxx 6.4 forgets the result that tells of a lost connection (connection_base::exec_params
/// throws before it owns it): two kilobytes for every connection that dies in the middle of a
/// statement.
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libpqxx\n";
}
