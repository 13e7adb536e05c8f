#!/usr/bin/env bash
# Makes sure that the browsers of the tests are installed.
#
#   web/scripts/browsers.sh [chromium] [firefox] [webkit]
#
# WebKit is WebKitGTK with its own driver, under a virtual display: Linux only.
set -euo pipefail

packages=$(cd "$(dirname "$0")/../../wasm/toolchain" && pwd)/packages.sh
applications=/Applications
chromium=chromium firefox=firefox-esr
if grep -qs '^ID=ubuntu$' /etc/os-release; then chromium=chromium-browser firefox=firefox; fi

for browser in "$@"; do
  case $browser in
    chromium)
      "$packages" "chromium|chromium-browser|google-chrome|google-chrome-stable|$applications/Google Chrome.app|$applications/Chromium.app=$chromium:google-chrome"
      ;;
    firefox)
      "$packages" "firefox-esr|firefox|$applications/Firefox.app=$firefox:firefox"
      ;;
    webkit)
      "$packages" "WebKitWebDriver=webkit2gtk-driver" "Xvfb=xvfb"
      ;;
    *)
      echo "segment-blocker: no such browser: $browser (chromium, firefox, webkit)" >&2
      exit 2
      ;;
  esac
done
