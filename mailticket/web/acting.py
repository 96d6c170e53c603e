"""What happens at the address of an agent's button? GET shows what it does, POST does it, once.

Link scanners follow every link in a mail: nothing happens on GET or HEAD. Expired, used and unknown look the same.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from mailticket.actions.pressing import Pressed, button_of, press
from mailticket.desk.button_words import label
from mailticket.desk.buttons import Act
from mailticket.desk.ticket import Ticket
from mailticket.errors import TemporaryError
from mailticket.ledger import Ledger
from mailticket.web.page import HEADERS, page
from mailticket.web.rate import Rate, client_of
from mailticket.web.words import page_words

log = structlog.get_logger()

_PER_MINUTE = 60


def application(ledger: Ledger, now: Callable[[], datetime], per_minute: int = _PER_MINUTE) -> FastAPI:
    """The web application: /act/TOKEN, and nothing else. `per_minute`: requests of one client."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    pages, buttons = _Pages(ledger), _Buttons(ledger, now)
    rate = Rate(per_minute)

    def is_too_much(request: Request) -> bool:
        peer = request.client.host if request.client else ""
        return rate.is_over(client_of(peer, request.headers.getlist("x-forwarded-for")))

    @app.api_route("/act/{token}", methods=["GET", "HEAD"])
    async def show(request: Request, token: str) -> HTMLResponse:
        if is_too_much(request):
            return pages.later()
        found = await asyncio.to_thread(buttons.find, token)
        return pages.ask(*found) if found else pages.gone()

    @app.post("/act/{token}")
    async def act(request: Request, token: str) -> HTMLResponse:
        if is_too_much(request):
            return pages.later()
        done = await buttons.press(token)
        return pages.done(*done) if done else pages.gone()

    @app.exception_handler(HTTPException)
    async def other(request: Request, fault: HTTPException) -> HTMLResponse:
        return pages.gone()

    @app.exception_handler(TemporaryError)
    async def away(request: Request, fault: TemporaryError) -> HTMLResponse:
        log.error("button_not_pressed", error=str(fault))
        return pages.later(HTTPStatus.SERVICE_UNAVAILABLE)

    return app


class _Buttons:
    """What tokens do."""

    def __init__(self, ledger: Ledger, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._now = now

    def find(self, token: str) -> tuple[Act, Ticket] | None:
        """What would happen to which ticket, None where nothing would."""
        with self._ledger.store.reading() as connection:
            found = button_of(connection, self._ledger.context, token, self._now())
        return (found[0].act, found[1]) if found else None

    async def press(self, token: str) -> tuple[Act, Ticket, str] | None:
        """What has happened to which ticket, and why it has not; None where there was nothing to be done."""

        def action(connection: Connection) -> tuple[Act, Pressed] | None:
            context, now = self._ledger.context, self._now()
            found = button_of(connection, context, token, now)
            return (found[0].act, press(connection, context, found[0], now)) if found else None

        done = await asyncio.wrap_future(self._ledger.write(action))
        if done is None or done[1].ticket is None or done[1].before is not None:
            return None
        act, pressed = done
        log.info("button_pressed", act=str(act), ticket=done[1].ticket.number, problem=pressed.problem or None)
        return act, done[1].ticket, pressed.problem


class _Pages:
    """The answers, in the desk's language."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def ask(self, act: Act, ticket: Ticket) -> HTMLResponse:
        language = self._language
        words = page_words(language)
        return self._page(HTTPStatus.OK, label(act, language), (_named(ticket, words.ticket), words.ask), button=True)

    def done(self, act: Act, ticket: Ticket, problem: str) -> HTMLResponse:
        words = page_words(self._language)
        status = HTTPStatus.CONFLICT if problem else HTTPStatus.OK
        told = (words.not_done, problem) if problem else (words.done,)
        return self._page(status, label(act, self._language), (_named(ticket, words.ticket), *told))

    def gone(self) -> HTMLResponse:
        return self._page(HTTPStatus.NOT_FOUND, "", (page_words(self._language).gone,))

    def later(self, status: HTTPStatus = HTTPStatus.TOO_MANY_REQUESTS) -> HTMLResponse:
        return self._page(status, "", (page_words(self._language).later,))

    @property
    def _language(self) -> str:
        return self._ledger.context.policy.default_language

    def _page(self, status: HTTPStatus, heading: str, lines: tuple[str, ...], button: bool = False) -> HTMLResponse:
        desk = self._ledger.context.policy.desk_name
        html = page(self._language, desk, heading, lines, heading if button else "")
        return HTMLResponse(html, status, headers=dict(HEADERS))


def _named(ticket: Ticket, word: str) -> str:
    return f"{word} {ticket.number} · {ticket.title}"
