"""Keys and certificates: made by ssh-keygen and openssl when the emulator starts."""

import base64
import hashlib
import os
import subprocess
import threading


def run(*argv):
    """Start a program; its output counts only when it fails."""
    return subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def finish(process):
    """Wait for a program that has to succeed."""
    output, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{process.args[0]} failed: {output.decode(errors='replace')}")


def make_ssh_key(path, comment):
    """Start making an Ed25519 key without a passphrase."""
    return run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path)


def make_certificate(prefix, name, addresses):
    """Start making a self-signed certificate, PREFIX.key and PREFIX.pem."""
    names = ",".join(["DNS:localhost", *(f"IP:{address}" for address in addresses)])
    return run(
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-nodes", "-days", "3650", "-subj", f"/CN={name}", "-addext", f"subjectAltName={names}",
        "-keyout", prefix + ".key", "-out", prefix + ".pem",
    )  # fmt: skip


def certificate_fingerprint(path):
    """SHA-256 of a certificate, as XAPI writes it: AB:CD:..."""
    with open(path, encoding="ascii") as file:
        body = "".join(line.strip() for line in file if "-----" not in line)
    digest = hashlib.sha256(base64.b64decode(body)).hexdigest().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def key_fingerprint(path):
    """SHA-256 of a public key, as OpenSSH writes it: SHA256:..."""
    with open(path, encoding="ascii") as file:
        blob = base64.b64decode(file.read().split()[1])
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


class Keys:
    """The keys of one emulator, all in one folder."""

    def __init__(self, folder, host_addresses, https):
        self.folder = folder
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self.user_key = os.path.join(folder, "user_key")
        self.authorized_keys = self.user_key + ".pub"
        self.lock = threading.Lock()
        makers = [
            make_ssh_key(self.user_key, "bioxen-sandbox"),
            make_ssh_key(self._host_key_path("template"), "template"),
        ]
        self.certificates = []
        if https:
            makers += map(self._add_certificate, host_addresses)
        for maker in makers:
            finish(maker)

    def _add_certificate(self, address):
        name = f"host{len(self.certificates) + 1}"
        self.certificates.append(os.path.join(self.folder, name))
        return make_certificate(self.certificates[-1], name, [address])

    def add_certificate(self, address):
        """The certificate of one more host."""
        finish(self._add_certificate(address))
        return self.certificates[-1]

    def wrong_certificate(self):
        """A certificate that nobody was told of, with the right names."""
        prefix = os.path.join(self.folder, "wrong")
        with self.lock:
            if not os.path.exists(prefix + ".pem"):
                finish(make_certificate(prefix, "wrong", ["127.0.0.1"]))
        return prefix

    def _host_key_path(self, name):
        return os.path.join(self.folder, f"ssh_host_{name}")

    def host_key(self, kind, guest):
        """A host key: that of all clones of a template, "own" a guest's own, or "other"."""
        path = self._host_key_path(guest if kind == "own" else kind)
        with self.lock:
            if not os.path.exists(path):
                finish(make_ssh_key(path, kind))
        return path

    def host_fingerprint(self, kind="template", guest=""):
        """The fingerprint of such a host key."""
        return key_fingerprint(self.host_key(kind, guest) + ".pub")

    def write_known_hosts(self, addresses, port):
        """A known_hosts file that says that these addresses have the template's host key."""
        with open(self._host_key_path("template") + ".pub", encoding="ascii") as file:
            key = " ".join(file.read().split()[:2])
        path = os.path.join(self.folder, "known_hosts")
        with open(path, "w", encoding="ascii") as file:
            for address in addresses:
                file.write(f"[{address}]:{port} {key}\n")
        return path
