#!/bin/sh
# Make this machine, of Debian or Ubuntu, one that a template for BioXen's guests can be made of. As root:
#     sh template.sh KEY.pub
# ROOT names another root folder, whose programs are run by chroot.
set -eu

key=${1:?usage: sh template.sh KEY.pub}
root=${ROOT:-}
case $(cat "$key") in
ssh-* | ecdsa-* | sk-*) ;;
*)
    echo "$key: this is no public key" >&2
    exit 1
    ;;
esac

run() {
    if [ -n "$root" ]; then chroot "$root" "$@"; else "$@"; fi
}

install() {
    run env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

# The guest tools, which tell the pool this machine's address: Ubuntu's package, or, where there is none as in
# Debian 12, what is on the disc of the pool's guest tools (guest-tools.iso) in this machine's drive.
install_tools() {
    if run apt-cache show xe-guest-utilities >/dev/null 2>&1; then
        install xe-guest-utilities
    elif [ -z "$root" ] && mount -o ro /dev/cdrom /mnt; then
        /mnt/Linux/install.sh -n
        umount /mnt
    else
        echo "there is no package xe-guest-utilities: put the pool's guest-tools.iso into the drive" >&2
        exit 1
    fi
}

run apt-get update -q
install openssh-server
install_tools

# Who runs the workers: no password, not root, and nothing but the key.
run id bioxen >/dev/null 2>&1 || run useradd --create-home --shell /bin/sh bioxen
home=$root/home/bioxen
mkdir -p "$home/.ssh" "$root/etc/ssh/sshd_config.d"
cp "$key" "$home/.ssh/authorized_keys"
chmod 700 "$home/.ssh"
chmod 600 "$home/.ssh/authorized_keys"
run chown -R bioxen:bioxen /home/bioxen/.ssh
cat >"$root/etc/ssh/sshd_config.d/bioxen.conf" <<'END'
PasswordAuthentication no
KbdInteractiveAuthentication no
AllowTcpForwarding no
X11Forwarding no
END

# Copies are machines of their own, but for the host key, which is what they are known by.
run ssh-keygen -A
: >"$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id"
run apt-get clean
echo "ssh_fingerprint: $(run ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub | cut -d' ' -f2)"
