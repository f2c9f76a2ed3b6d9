"""The names of Google's hosts, with certificates a client can be told to trust."""

import ssl
from pathlib import Path
from weakref import WeakKeyDictionary

import trustme

NAMES = ("*.googleapis.com", "*.us.rep.googleapis.com", "*.eu.rep.googleapis.com")


class Authority:
    """Signs for every host of Google's, and remembers which one a client asked for."""

    def __init__(self) -> None:
        self._authority = trustme.CA()
        self._certificate = self._authority.issue_cert(*NAMES)
        self._asked: WeakKeyDictionary[ssl.SSLObject, str | None] = WeakKeyDictionary()

    def write(self, file: Path) -> Path:
        """Write the certificate that is to be trusted."""
        self._authority.cert_pem.write_to_path(str(file))
        return file

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._certificate.configure_cert(context)
        context.sni_callback = self._note
        return context

    def _note(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        self._asked[connection] = name

    def asked(self, connection: ssl.SSLObject) -> str | None:
        """Give the name in the client's TLS greeting (SNI)."""
        return self._asked.get(connection)
