"""Nobody but the mail server of the settings is given the password and the mail: its certificate is asked for."""

import datetime as dt
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from approvals.notices.smtp import MailServer, MailServerUnavailable, MailSession

PASSWORD = "a-secret-of-the-office"


@pytest.fixture
def stranger(tmp_path):
    """A context of a server whose certificate nobody vouches for."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=localhost")
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + dt.timedelta(days=1))
    path = tmp_path / "stranger.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.mark.parametrize("how", ["has_tls", "has_starttls"])
def test_a_stranger_in_the_place_of_the_server_is_told_nothing(stranger, how):
    said: list[bytes] = []

    def answer(listener: socket.socket) -> None:
        connection, _address = listener.accept()
        try:
            if how == "has_tls":
                connection = stranger.wrap_socket(connection, server_side=True)
            connection.sendall(b"220 ready\r\n")
            while line := connection.recv(1000):
                said.append(line)
                if line.upper().startswith(b"STARTTLS"):
                    connection.sendall(b"220 go\r\n")
                    connection = stranger.wrap_socket(connection, server_side=True)
                else:
                    connection.sendall(b"250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n")
        except OSError:
            return
        finally:
            connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=answer, args=(listener,))
        server.start()
        there = {"host": "localhost", "port": listener.getsockname()[1], "user": "jarchy", "password": PASSWORD}
        session = MailSession(MailServer(**there, **{how: True}, timeout_seconds=5), own_name="office.example")
        with pytest.raises(MailServerUnavailable, match="CERTIFICATE_VERIFY_FAILED"), session:
            session.send(sender="a@b.example", recipient="c@d.example", content=b"Hi\r\n", hand_over=lambda: True)
        server.join(10)

    assert not any(b"AUTH" in line.upper() for line in said)
    assert not server.is_alive()
