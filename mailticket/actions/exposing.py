"""Who else has seen what was sent to one agent only? Whoever has an agent's mail knows the tokens that stand in it."""

from itertools import islice

from sqlalchemy import Connection

from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.actions.mail import others
from mailticket.desk.sender import Role
from mailticket.mail.tokens import bare_tokens
from mailticket.store import exposed

#: So many tokens are looked for in what an agent quotes: more than the words of several notifications could hide.
_QUOTED = 2_000


def note_exposed(connection: Connection, context: Context, arrival: Arrival) -> None:
    """From now on the token of the notification that an agent's mail to others answers, and the buttons in its quotes,
    prove nothing: whatever becomes of the mail, those others have it already."""
    if arrival.sender.role is not Role.AGENT or not others(arrival, context):
        return
    quoted, today = bare_tokens(f"{arrival.mail.text}\n{arrival.mail.html or ''}"), arrival.now.date()
    genuine = [token.lower() for token in islice(quoted, _QUOTED) if context.key.read(token, today=today)]
    exposed.expose(connection, [*(token.text for token in arrival.trail.tokens), *genuine])
