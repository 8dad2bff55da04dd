#!/bin/sh
# Run a command as root in a Linux of its own (Debian's package user-mode-linux), which has this machine's files and
# cgroup v2 with all controllers, in a subtree that is delegated: for tests that need one. Its exit status is the
# command's.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
{
  echo '#!/bin/sh'
  echo 'mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t cgroup2 cgroup2 /sys/fs/cgroup'
  echo 'echo "+memory +cpu +pids" > /sys/fs/cgroup/cgroup.subtree_control; mkdir /sys/fs/cgroup/delegated'
  echo "export PATH='$PATH' HOME='$scratch'; cd '$PWD'"
  echo "sh -c 'echo \$\$ > /sys/fs/cgroup/delegated/cgroup.procs; exec $*' > '$scratch/out' 2>&1"
  echo "echo \$? > '$scratch/status'"
  echo 'echo o > /proc/sysrq-trigger; sleep 9'
} > "$scratch/init"
chmod +x "$scratch/init"
"${UML:-linux.uml}" mem="${UML_MEMORY:-1G}" root=/dev/root rootfstype=hostfs rootflags=/ rw init="$scratch/init" quiet \
  con=null con0=null,fd:2 < /dev/null > "$scratch/console" 2>&1 || true
cat "$scratch/out"
[ -s "$scratch/status" ] || { cat "$scratch/console"; exit 1; }
exit "$(cat "$scratch/status")"
