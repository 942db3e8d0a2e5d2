#!/usr/bin/env bash
# Which C linker driver there is, for ./publish and ./test. To be sourced.

# linker: says clang, which .NET asks for, or gcc, which does as well; fails where neither can link a program.
linker() {
  local driver
  for driver in clang gcc; do
    if command -v "$driver" > /dev/null && echo 'int main(void) { return 0; }' | "$driver" -x c -o /dev/null - 2> /dev/null; then
      echo "$driver"
      return 0
    fi
  done
  return 1
}
