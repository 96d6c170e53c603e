"""What happens when an agent takes an answer back that has not left? Nobody gets it, and the agent gets it back."""

from sqlalchemy import Connection

from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.actions.due import due_again
from mailticket.actions.outgoing import send, tell_of_status
from mailticket.desk.agent_receipts import taken_back
from mailticket.desk.decision import DecideHeld
from mailticket.desk.receipt import Added, Ignored
from mailticket.desk.ticket import Status
from mailticket.store import answers, outbox, tickets


def take_back(
    connection: Connection, context: Context, arrival: Arrival, decision: DecideHeld
) -> tuple[Added | Ignored, int | None]:
    """Cancels the answer that `decision` names, unless it has left. Returns the receipt and the ticket's id.

    The ticket has the status that it had before, where nobody has changed it since; other commands of that mail stay
    done. The words stay on the ticket as a note: someone may have read them there.
    """
    answer, agent, now = answers.find(connection, decision.held), context.policy.agent(decision.agent), arrival.now
    if answer is None or agent is None:
        return Ignored(reason="answer_is_gone"), None
    ticket = tickets.ours(connection, tickets.current(connection, answer.ticket))
    cancelled = answer.state == "queued" and outbox.cancel(connection, answer.row, now, agent.address)
    if cancelled:
        answers.withdraw(connection, answer)
        before = answers.status_before(connection, answer)
        happened: list[tuple[str, dict[str, str]]] = [("answer_taken_back", {"message": str(answer.message)})]
        if before and before != ticket.status:
            tickets.set_fields(connection, ticket.id, {"status": before}, now)
            happened.append(("changed", {"field": "status", "from": str(ticket.status), "to": before}))
        due_again(connection, context, ticket, now)
        tickets.record(connection, ticket.id, now, agent.address, *happened)
        if told := answers.told_before(connection, answer):
            tell_of_status(connection, context, tickets.current(connection, ticket.id), Status(told), now)
    if cancelled or answer.state != "cancelled":
        # (whoever presses twice has been told)
        words = answer.text if cancelled else ""
        notice = taken_back(agent, cancelled, words, arrival.mail, ticket, context.policy)
        send(connection, context, notice, ticket.id, now)
    return Added(ticket=ticket.number), ticket.id
