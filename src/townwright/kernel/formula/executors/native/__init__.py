"""Machine code for integer programs, through LLVM."""
