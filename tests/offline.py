"""A machine without a network: every way out of it fails, the loopback interface stays."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

LOCAL = {"", "localhost"}


class OutsideError(AssertionError):
    """Something wanted to leave the machine. No OSError: nothing may catch it and go on."""


def is_local(host: object) -> bool:
    """Return whether a host is this machine; other names count as outside."""
    if host is None or host in LOCAL:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@contextmanager
def no_network() -> Iterator[None]:
    """Refuse connections, datagrams and name look-ups to anything but this machine."""

    def guarded(name: str) -> Any:
        original = getattr(socket.socket, name)

        def call(self: socket.socket, *arguments: Any) -> Any:
            address = arguments[-1]
            if self.family in {socket.AF_INET, socket.AF_INET6} and not is_local(address[0]):
                raise OutsideError(f"{name} to {address}")
            return original(self, *arguments)

        return call

    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
        if not is_local(host):
            raise OutsideError(f"look-up of {host}")
        return look_up(host, *arguments, **named)

    methods = {name: guarded(name) for name in ("connect", "connect_ex", "sendto")}
    with (
        mock.patch.multiple(socket.socket, **methods),
        mock.patch.object(socket, "getaddrinfo", getaddrinfo),
    ):
        yield
