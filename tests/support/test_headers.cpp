// CMake builds precompiled headers only beside a source.
