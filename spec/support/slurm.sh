#!/usr/bin/env bash
# A Slurm of one node, this machine: spec/support/slurm.sh up FOLDER, then `. FOLDER/env`; node FOLDER up or down ends
# and begins the node's daemon; down FOLDER ends all of it. For root, with Debian's slurmctld, slurmd, slurm-client and
# munge.
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
folder=$2

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# end_daemon NAME: by the id in its file; waits until it is gone.
end_daemon() {
    local pid
    pid=$(cat -- "$folder/$1.pid" 2>/dev/null) || return 0
    kill "$pid" 2>/dev/null || true
    timeout 20 tail --pid="$pid" -f /dev/null || kill -KILL "$pid" 2>/dev/null || true
    rm -f -- "$folder/$1.pid"
}

# Tasks and what watches them go on when the daemons have ended: they have this Slurm in their environment.
end_tasks() {
    local file
    grep -lzxF "SLURM_CONF=$folder/slurm.conf" /proc/[0-9]*/environ 2>/dev/null | while read -r file; do
        [ "$file" = "/proc/$$/environ" ] || kill -KILL "$(basename "${file%/environ}")" 2>/dev/null || true
    done
}

begin_node() {
    slurmd -f "$folder/slurm.conf" -L "$folder/slurmd.log"
}

configure() {
    local name
    name=$(hostname -s)
    cat >"$folder/slurm.conf" <<END
ClusterName=spec
SlurmctldHost=$name(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
ReturnToService=0
SlurmdParameters=config_overrides
MpiDefault=none
NodeName=$name NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=short Nodes=$name Default=YES MaxTime=INFINITE Hidden=YES State=UP
END
    printf 'CgroupAutomount=no\nIgnoreSystemd=yes\n' >"$folder/cgroup.conf"
    printf 'export SLURM_CONF=%q PATH=$PATH:/usr/sbin:/sbin\n' "$folder/slurm.conf" >"$folder/env"
}

begin_munge() {
    install -d -o munge -g munge -m 755 "$folder/munge"
    install -o munge -g munge -m 400 <(head -c 128 /dev/urandom) "$folder/munge/key"
    runuser -u munge -- munged --socket="$folder/munge/socket" --key-file="$folder/munge/key" \
        --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed"
    ln -s munge/pid "$folder/munged.pid"
}

case $1 in
up)
    mkdir -p -- "$folder/state" "$folder/spool"
    chmod 755 -- "$folder"
    configure
    begin_munge
    slurmctld -f "$folder/slurm.conf" -L "$folder/slurmctld.log"
    begin_node
    ;;
node) if [ "$3" = up ]; then begin_node; else end_daemon slurmd; fi ;;
down)
    for name in slurmd slurmctld munged; do end_daemon "$name"; done
    end_tasks
    ;;
esac
