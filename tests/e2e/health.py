# SPDX-License-Identifier: Apache-2.0
"""What grpc.health says, by its wire form: Debian packages no generated module for it."""

import contextlib

import grpc

JOBS = "firmbench.v1.JobService"
SERVING, NOT_SERVING = b"\x08\x01", b"\x08\x02"
LIMIT_SECONDS = 60


def _request(service):
    name = service.encode()
    return bytes([0x0a, len(name)]) + name if name else b""


class Health:
    """One connection; every answer is one of the two above. Close it."""

    def __init__(self, address):
        self._channel = grpc.insecure_channel(address)

    def check(self, service):
        return self._channel.unary_unary("/grpc.health.v1.Health/Check")(_request(service),
                                                                         timeout=LIMIT_SECONDS)

    @contextlib.contextmanager
    def watch(self, service):
        """Yields a function that waits until the service is as it says."""
        call = self._channel.unary_stream("/grpc.health.v1.Health/Watch")(_request(service),
                                                                          timeout=LIMIT_SECONDS)

        def until(wanted):
            for answer in call:
                if answer == wanted:
                    return
            raise AssertionError(f"{service} never became {wanted}")

        try:
            until(SERVING)
            yield until
        finally:
            call.cancel()

    def close(self):
        self._channel.close()
