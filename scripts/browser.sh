#!/usr/bin/env bash
# Opens reports and the site in Debian's chromium, driven by playwright-core, and holds them against axe-core's rules.
# Large (about 400 MB). With a folder, screenshots go there. What it says is TAP.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

packages=(chromium cmark-gfm)
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)
install_missing "${packages[@]}"

BIOXEN_BUILD=$(realpath -- "${BIOXEN_BUILD:-$(own_folder build)}")
export BIOXEN_BUILD
modules=$BIOXEN_BUILD/browser
mkdir -p -- "$modules" ${1:+"$1"}
if [ ! -e "$modules/node_modules/axe-core/axe.min.js" ]; then
    echo "Installing playwright-core and axe-core in $modules"
    (cd -- "$modules" && npm install --silent --no-audit --no-fund --no-save playwright-core@1.65.1 axe-core@4.14.1)
fi

pages=$(mktemp -d)
trap 'rm -rf -- "$pages"' EXIT
shots=${1:+$(realpath -- "$1")}
# shellcheck disable=SC2154
cd -- "$root"
bioxen=$BIOXEN_BUILD/bin/bioxen
"$bioxen" spec/browser/pages.lua "$pages"
"$bioxen" report "$pages/first" >/dev/null
"$bioxen" report --compare "$pages/first" "$pages/second" --out "$pages/compared.html" >/dev/null
"$bioxen" scripts/site.lua "$pages/site" >/dev/null
NODE_PATH=$modules/node_modules node spec/browser/pages.mjs "$pages" ${shots:+"$shots"}
