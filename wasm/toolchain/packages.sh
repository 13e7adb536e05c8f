#!/usr/bin/env bash
# Installs the system packages whose probe is missing, and does nothing when all are there.
#
#   packages.sh PROBE[|PROBE...]=DEBIAN_PACKAGE[:BREW_PACKAGE] ...
#
# A probe is a command's name or an absolute path. Debian and Ubuntu install with apt-get (through sudo when not root),
# macOS with brew; anywhere else, or where installing fails, one line says what is missing and how to mend it.
set -euo pipefail

fail() {
  echo "segment-blocker: $*" >&2
  exit 1
}

present() {
  local probe
  while IFS= read -r probe; do
    case $probe in
      /*) [ -e "$probe" ] && return 0 ;;
      *) command -v "$probe" >/dev/null 2>&1 && return 0 ;;
    esac
  done <<<"${1//|/$'\n'}"
  return 1
}

missing() {
  local need packages package
  for need in "$@"; do
    present "${need%%=*}" && continue
    packages=${need#*=}
    if [ "$(uname -s)" = Darwin ]; then package=${packages#*:}; else package=${packages%%:*}; fi
    echo "$package"
  done
}

install() {
  if [ "$(uname -s)" = Darwin ]; then
    command -v brew >/dev/null || fail "missing: $*. Install Homebrew (https://brew.sh), then: brew install $*"
    brew install "$@" || fail "brew could not install: $*"
    return
  fi
  command -v apt-get >/dev/null ||
    fail "missing: $* (names of the Debian packages). Install them with this system's package manager"
  local root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "missing: $*. As root, run: apt-get install -y $*"
    root=(sudo)
  fi
  echo "segment-blocker: installing $*" >&2
  ${root[@]+"${root[@]}"} apt-get update -qq >&2 || fail "apt-get update failed; check the network, then run make again"
  ${root[@]+"${root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2 ||
    fail "apt-get could not install: $*"
}

wanted=()
while IFS= read -r package; do
  if [ -n "$package" ]; then wanted+=("$package"); fi
done < <(missing "$@" | sort -u)
if [ ${#wanted[@]} -gt 0 ]; then
  install "${wanted[@]}"
  left=$(missing "$@" | sort -u | tr '\n' ' ')
  [ -z "$left" ] || fail "installed, but still not found: $left"
fi
