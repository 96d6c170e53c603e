"""How fast is aiosmtpd as it comes? Its own SMTP class, a handler that does nothing; prints its port."""

import asyncio
import signal

from aiosmtpd.smtp import SMTP, Envelope, Session


class Nothing:
    """Takes every mail and forgets it."""

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802  aiosmtpd
        return "250 OK"


async def main() -> None:
    """Serves until SIGTERM."""
    loop, end = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, end.set)
    server = await loop.create_server(
        lambda: SMTP(Nothing(), hostname="noop.example", data_size_limit=64 << 20, loop=loop), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await end.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
