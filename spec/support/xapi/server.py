"""The ports of all hosts, plain and with TLS, and the log of requests."""

import socket
import ssl
import threading
import time

from .connection import Connection

SECRET_METHODS = (
    "session.login_with_password",
    "session.slave_local_login_with_password",
    "session.change_password",
)


class Listener:
    """A port of a host, plain or with TLS."""

    def __init__(self, server, index, address, certificate=None):
        self.server, self.index, self.address = server, index, address
        self.certificate = certificate
        self.connections = set()
        self.sock = None
        self.port = None
        self.stopped = threading.Event()
        self.context = self.tls(certificate) if certificate else None

    @staticmethod
    def tls(prefix):
        """A TLS context with the certificate of a file."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(prefix + ".pem", prefix + ".key")
        return context

    @property
    def host(self):
        """The host whose port it is, an object of the pool."""
        return self.server.pool.hosts[self.index]

    def bind(self, port):
        """Take the port; 0 takes any."""
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self.sock.bind((self.address, port))
        except OSError:
            self.sock.close()
            raise
        self.sock.listen(512)
        self.port = self.sock.getsockname()[1]

    def open(self):
        """Accept connections."""
        self.stopped.clear()
        if self.sock is None:
            self.bind(self.port)
        threading.Thread(target=self._accept, args=(self.sock,), daemon=True).start()

    def _accept(self, sock):
        while True:
            try:
                client, _ = sock.accept()
            except OSError:
                return
            connection = Connection(self, client)
            self.connections.add(connection)
            threading.Thread(target=connection.serve, daemon=True).start()

    def secure(self, sock):
        """TLS, where that is spoken."""
        return self.context.wrap_socket(sock, server_side=True) if self.context else sock

    def close(self, connections=True):
        """Refuse connections, and end those there are."""
        if self.sock is None:
            return
        self.stopped.set()
        # Without this, accept() would hold the port.
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()
        self.sock = None
        if connections:
            self.drop_connections()

    def drop_connections(self):
        """End the connections there are; clients have to come again."""
        for connection in list(self.connections):
            try:
                connection.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Server:
    """All listeners, and what they share."""

    def __init__(self, pool, faults, token):
        self.pool, self.faults, self.token = pool, faults, token
        self.control = self.ready = self.stop = None
        self.plain, self.secure = [], []

    def listen(self, addresses, port, certificates, https_port):
        """Two ports, the same on every host's address."""
        self.plain = self._bind_all(
            [Listener(self, index, address) for index, address in enumerate(addresses)], port
        )
        self.secure = self._bind_all(
            [
                Listener(self, index, address, prefix)
                for index, (address, prefix) in enumerate(zip(addresses, certificates))
            ],
            https_port,
        )
        for listener in self.listeners:
            listener.open()

    @staticmethod
    def _bind_all(listeners, port):
        for _ in range(50):
            wanted = port
            try:
                for listener in listeners:
                    listener.bind(wanted)
                    wanted = listener.port
                return listeners
            except OSError:
                if port:
                    raise
                for listener in listeners:
                    if listener.sock:
                        listener.sock.close()
        raise OSError("no port is free on all hosts' addresses")

    def add_host(self):
        """One more host, which listens at its own address: a slave."""
        index = len(self.pool.hosts)
        address = f"127.0.0.{index + 1}"
        fresh = [Listener(self, index, address)]
        fresh[0].bind(self.plain[0].port)
        self.plain += fresh
        if self.secure:
            prefix = self.pool.settings["keys"].add_certificate(address)
            fresh.append(Listener(self, index, address, prefix))
            fresh[1].bind(self.secure[0].port)
            self.secure.append(fresh[1])
        ref = self.pool.add_host(address)
        for listener in fresh:
            listener.open()
        return ref

    @property
    def listeners(self):
        """All of them."""
        return self.plain + self.secure

    def certificate_of_master(self):
        """The certificate that the master's port has, None when there is no TLS."""
        index = self.pool.hosts.index(self.pool.master)
        return self.secure[index].certificate if self.secure else None

    def note(self, connection, method, params, outcome):
        """Remember a request; passwords are not."""
        if method in SECRET_METHODS:
            masked = ["***" if place != 0 else param for place, param in enumerate(params[:2])]
            params = masked + params[2:]
        self.pool.request_count += 1
        entry = {
            "n": self.pool.request_count,
            "time": time.time(),
            "host": connection.listener.index + 1,
            "tls": connection.listener.context is not None,
            "method": method,
            "params": params,
            "outcome": outcome,
        }
        self.pool.requests.append(entry)
        return entry

    def close(self):
        """Refuse everything."""
        for listener in self.listeners:
            listener.close()
