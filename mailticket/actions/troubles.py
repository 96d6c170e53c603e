"""Who hears that something is broken? The leads, once by mail, and once more when it is over. Callers log it."""

from datetime import datetime

from sqlalchemy import Connection

from mailticket.actions.context import Context
from mailticket.actions.outgoing import send
from mailticket.desk import alerts
from mailticket.desk.alerts import Trouble
from mailticket.desk.notifications import leads
from mailticket.store import troubles


def begin(connection: Connection, context: Context, trouble: Trouble, now: datetime, *, by_mail: bool = True) -> bool:
    """Tells the leads, once for as long as it lasts. False where it is known, here or on another node.

    `by_mail=False`: it is remembered without a mail, because none would leave; then none says that it is over, either.
    """
    people = leads(context.policy) if by_mail else ()
    told = [agent.address for agent in people]
    if not troubles.remember(connection, trouble.name, trouble.headline, trouble.since, told):
        return False
    for agent in people:
        send(connection, context, alerts.trouble_began(agent, trouble, context.policy), None, now)
    return True


def end(connection: Connection, context: Context, name: str, now: datetime) -> bool:
    """Tells those who were told that it is over. False where it was not there."""
    trouble = troubles.forget(connection, name)
    if trouble is None:
        return False
    for address in trouble.told:
        if agent := context.policy.agent(address):
            notice = alerts.trouble_over(agent, trouble.headline, trouble.since, now, context.policy)
            send(connection, context, notice, None, now)
    return True
