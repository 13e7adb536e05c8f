#!/usr/bin/env bash
# Puts a ready TinyGo at .tools/bin/tinygo.
#
#   wasm/toolchain/tinygo.sh
#
# A tinygo on PATH that is new enough is used. Otherwise TinyGo is built from the Go module proxy against the
# distribution's LLVM, about a minute, into .tools/tinygo-VERSION, which is kept. .tools/bin/tinygo is a small script
# that runs either one with the Go version it accepts, so that callers need no environment of their own.
#
# Why like this: "go install ...@version" does not work for TinyGo, whose module the proxy serves without a list of
# versions, so the module in this directory pins it. The module lacks the git submodules (picolibc, wasi-libc, the
# net package), so wasm/target.json asks for no libc, and the copy of its sources has an empty src/net in their place.
set -euo pipefail

# The newest Go that the pinned TinyGo accepts; the go command fetches it by itself.
GO_FOR_TINYGO=go1.25.4
LLVM=19

here=$(cd "$(dirname "$0")" && pwd)
tools=$(cd "$here/../.." && pwd)/.tools
pinned=$(sed -n 's,.*github.com/tinygo-org/tinygo v\([0-9.]*\).*,\1,p' "$here/go.mod" | head -n 1)

fail() {
  echo "segment-blocker: $*" >&2
  exit 1
}

# at_least A B: whether version A is B or newer.
at_least() {
  [ "$(printf '%s\n%s\n' "$1" "$2" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$2" ]
}

# Prints the path of a new enough tinygo on PATH, if there is one.
installed() {
  local path version
  path=$(command -v tinygo) || return 0
  [ "$path" != "$tools/bin/tinygo" ] || return 0
  version=$("$path" version 2>/dev/null | sed -n 's/^tinygo version \([0-9.]*[0-9]\).*/\1/p')
  if [ -n "$version" ] && at_least "$version" "$pinned"; then echo "$path"; fi
}

# build DIR: TinyGo and the sources it compiles programs with, in DIR.
build() {
  local dir=$1 module
  "$here/packages.sh" "c++=g++" "clang-$LLVM=clang-$LLVM" "wasm-ld-$LLVM=lld-$LLVM" \
    "/usr/lib/llvm-$LLVM/include/llvm-c/Core.h=llvm-$LLVM-dev" \
    "/usr/lib/llvm-$LLVM/include/clang-c/Index.h=libclang-$LLVM-dev"
  echo "segment-blocker: building TinyGo $pinned, once (about a minute)" >&2
  rm -rf "$dir" "$dir.new"
  mkdir -p "$dir.new/bin"
  (
    cd "$here"
    export GOTOOLCHAIN=$GO_FOR_TINYGO GOFLAGS=-mod=readonly GOWORK=off CGO_ENABLED=1
    unset GOROOT GOOS GOARCH
    go build -trimpath -tags "llvm$LLVM" -o "$dir.new/bin/tinygo" github.com/tinygo-org/tinygo
    module=$(go list -m -f '{{.Dir}}' github.com/tinygo-org/tinygo)
    cp -R "$module/src" "$dir.new/src"
  ) || fail "TinyGo $pinned could not be built; install TinyGo $pinned or newer (https://tinygo.org) and run make again"
  chmod -R u+w "$dir.new/src"
  mkdir -p "$dir.new/src/net"
  mv "$dir.new" "$dir"
}

"$here/packages.sh" "wasm-opt=binaryen:binaryen"
tinygo=$(installed)
root=
if [ -z "$tinygo" ] && [ "$(uname -s)" = Darwin ]; then
  "$here/packages.sh" "tinygo=tinygo:tinygo-org/tools/tinygo"
  tinygo=$(installed)
  [ -n "$tinygo" ] || fail "tinygo is older than $pinned; run: brew upgrade tinygo"
fi
if [ -z "$tinygo" ]; then
  root=$tools/tinygo-$pinned-llvm$LLVM
  tinygo=$root/bin/tinygo
  [ -x "$tinygo" ] || build "$root"
fi

mkdir -p "$tools/bin"
{
  echo "#!/usr/bin/env bash"
  echo "# Written by wasm/toolchain/tinygo.sh: TinyGo with the Go it accepts."
  echo "unset GOROOT GOOS GOARCH"
  echo "export GOTOOLCHAIN=$GO_FOR_TINYGO GOFLAGS="
  if [ -n "$root" ]; then echo "export TINYGOROOT=\"$root\""; fi
  echo "exec \"$tinygo\" \"\$@\""
} >"$tools/bin/tinygo.new"
chmod +x "$tools/bin/tinygo.new"
mv "$tools/bin/tinygo.new" "$tools/bin/tinygo"
