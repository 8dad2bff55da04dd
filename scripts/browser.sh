#!/usr/bin/env bash
# Opens reports in Debian's chromium, driven by playwright-core, and holds them against axe-core's rules. Large (about
# 400 MB). With a folder, screenshots go there. What it says is TAP.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

packages=(chromium)
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)
install_missing "${packages[@]}"

build=${BIOXEN_BUILD:-$(own_folder build)}
modules=$build/browser
mkdir -p -- "$modules" ${1:+"$1"}
if [ ! -e "$modules/node_modules/axe-core/axe.min.js" ]; then
    echo "Installing playwright-core and axe-core in $modules"
    (cd -- "$modules" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --silent --no-audit --no-fund --no-save \
        playwright-core@1.65.1 axe-core@4.14.1)
fi

pages=$(mktemp -d)
trap 'rm -rf -- "$pages"' EXIT
bioxen=$build/bin/bioxen
"$bioxen" "$root/spec/browser/pages.lua" "$pages"
"$bioxen" report "$pages/first" >/dev/null
"$bioxen" report --compare "$pages/first" "$pages/second" --out "$pages/compared.html" >/dev/null
NODE_PATH=$modules/node_modules node "$root/spec/browser/pages.mjs" "$pages" "$@"
