#!/usr/bin/env bash
# Runs an emulated XCP-ng pool with one template and one guest, to try BioXen's VMs of type xcpng on a
# laptop. Prints a configuration for them. Ends with ^C, and leaves nothing behind.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

usage="usage: scripts/xcpng_sandbox.sh [--config FILE] [--http] [--hosts N] [--port N] [--https-port N] [--ssh-port N]
  --config FILE  write the configuration to a JSON file, which goes when the pool does
  --http         without TLS
Guests are processes of this machine: what runs in them may do what you may."

tls=(--https)
arguments=()
for word in "$@"; do
    case $word in
    --http) tls=() ;;
    --help | -h) echo "$usage" && exit ;;
    *) arguments+=("$word") ;;
    esac
done

install_missing openssh-server openssh-client openssl python3
exec /usr/bin/python3 "$root/spec/support/xapi" --sandbox "${tls[@]}" "${arguments[@]}"
