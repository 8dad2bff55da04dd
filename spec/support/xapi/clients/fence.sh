#!/bin/sh
# Debian's fence agent: status, off, on, reboot of a VM that runs; its own exit codes say how it went.
#
#     fence.sh URL USER PASSWORD VM_NAME
set -eu
agent() {
    action=$1 want=$2 code=0
    fence_xenapi --session-url="$url" --username="$user" --password="$password" --plug="$name" \
        --power-wait=0 --stonith-status-sleep=1 --action="$action" || code=$?
    [ "$code" -eq "$want" ] || { echo "$action: exit code $code, not $want"; exit 1; }
}
url=$1 user=$2 password=$3 name=$4
agent status 0 # 0 is on, 2 is off
agent off 0
agent status 2
agent on 0
agent status 0
agent reboot 0
agent status 0
agent list 0 | grep -q "$name"
echo ok
