#!/usr/bin/env bash
# Installs three clients of XAPI that others wrote, and runs them against the emulated pool: Xen
# Orchestra's xen-api, Debian's fence_xenapi, and Ansible's module for guests. Large (about 600 MB):
# the tests do without those that are missing.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

packages=(openssh-server openssh-client openssl python3 lua5.4 lua-busted lua-cjson fence-agents ansible)
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)
install_missing "${packages[@]}"

folder=$(own_folder build)/xapi-clients
mkdir -p -- "$folder"
if [ ! -e "$folder/node_modules/xen-api/index.mjs" ]; then
    echo "Installing xen-api in $folder"
    (cd -- "$folder" && npm install --silent --no-audit --no-fund --no-save xen-api@4.7.6)
fi

cd -- "$root"
BIOXEN_BUILD=$(dirname -- "$folder") exec lua5.4 "$(command -v busted)" --ignore-lua -o TAP \
    --filter 'a client that others wrote' spec/xapi_emulator_spec.lua
