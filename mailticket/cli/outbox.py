"""`mailticket outbox …`: outgoing mail that has not left."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from mailticket import assembly
from mailticket.actions.facts import facts_of
from mailticket.cli.app import ConfigFile, Json, app, settings_of
from mailticket.cli.output import console, print_json, print_table, say, when
from mailticket.errors import MailticketError
from mailticket.outbound.forecast import Forecast, forecast
from mailticket.outbound.letter import write
from mailticket.outbound.pace import Limits, believed, connections, rate
from mailticket.outbound.relay import name_of
from mailticket.store import outbox as store
from mailticket.store import pace, relays
from mailticket.store.column_types import id_of
from mailticket.store.outbox_view import Unsent, unsent
from mailticket.store.pace import RelayPace

outbox = typer.Typer(help="Outgoing mail that has not left.", no_args_is_help=True)
app.add_typer(outbox, name="outbox")

Id = Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.")]


@outbox.command("list")
def list_outbox(as_json: Json = False, config_file: ConfigFile = None) -> None:
    """What has not left, when it will, and why not now."""
    settings, _ = settings_of(config_file)
    limits, relay, now = assembly.limits_of(settings.outbound), name_of(settings.outbound), datetime.now(UTC)
    opened = assembly.open_store(settings)
    with opened.reading() as connection:
        known = believed(pace.read(connection, relay), now)
        given = relays.recipients_by_minute(connection, relay, now)
        mails = unsent(connection)
    opened.close()
    expected = forecast(mails, limits, known, given, now)
    mails.sort(key=lambda mail: expected[mail.id].place or len(mails) + 1)
    if as_json:
        shown = [_mail(mail, expected[mail.id]) for mail in mails]
        print_json({"outbox": shown, "pace": _pace(limits, known, given, now)})
    elif not mails:
        say("The outbox is empty.")
    else:
        columns = ["id", "mail", "to", "ticket", "attempts", "leaves (UTC)", "why not yet"]
        rows = [
            [
                str(mail.id), mail.notice, ", ".join(mail.to), mail.ticket or "", str(mail.attempts),
                when(expected[mail.id].leaves_at) or ("never" if mail.state == "failed" else "not known"),
                expected[mail.id].why,
            ]
            for mail in mails
        ]  # fmt: skip
        print_table(columns, rows)


def _mail(mail: Unsent, expected: Forecast) -> dict[str, Any]:
    return {
        "id": str(mail.id),
        "notice": mail.notice,
        "to": mail.to,
        "ticket": mail.ticket,
        "attempts": mail.attempts,
        "next_attempt_at": mail.next_attempt_at if mail.state == "queued" else None,
        "last_error": mail.last_error or None,
        "state": mail.state,
        "leaves_at": expected.leaves_at,
        "place": expected.place,
        "why": expected.why,
    }


def _pace(limits: Limits, known: RelayPace, given: Sequence[tuple[datetime, int]], now: datetime) -> dict[str, Any]:
    """How fast mail leaves just now; 0: no limit."""
    return {
        "rate_per_minute": round(rate(limits, known, now), 1),
        "connections": connections(limits, known, now),
        "per_day": limits.per_day,
        "recipients_today": sum(recipients for _, recipients in given),
        "slowed_since": known.slowed_since,
        "slowed_by": known.reply or None,
        "away_since": known.away_since,
        "away_reason": known.away_reason or None,
    }


@outbox.command("show")
def show(id_: Id, as_json: Json = False, config_file: ConfigFile = None) -> None:
    """One mail as it will leave."""
    settings, origin = settings_of(config_file)
    opened = assembly.open_store(settings)
    context = assembly.context_of(settings, opened)
    with opened.reading() as connection:
        row = store.find(connection, id_of(id_))
        if row is None:
            raise _missing(id_)
        facts = facts_of(connection, context, row)
    opened.close()
    raw = row.rendered or write(row, facts, assembly.templates_of(settings, origin), context.policy, datetime.now(UTC))
    if as_json:
        print_json({"id": id_, "notice": row.notice.kind, "message_id": row.message_id, "raw": raw.decode()})
    else:
        console().print(raw.decode().replace("\r\n", "\n"), soft_wrap=True)


@outbox.command("retry")
def retry(id_: Id, as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Try a waiting or failed mail again at once."""
    settings, _ = settings_of(config_file)
    opened = assembly.open_store(settings)
    with opened.writing() as connection:
        done = store.retry(connection, id_of(id_), datetime.now(UTC))
    opened.close()
    if not done:
        raise _missing(id_)
    if as_json:
        print_json({"id": id_, "state": "queued"})
    else:
        say(f"{id_}: due now; the running service tries it within seconds.")


@outbox.command("cancel")
def cancel(id_: Id, as_json: Json = False, config_file: ConfigFile = None) -> None:
    """Never send a mail that has not left."""
    settings, _ = settings_of(config_file)
    opened = assembly.open_store(settings)
    with opened.writing() as connection:
        done = store.cancel(connection, id_of(id_), datetime.now(UTC), "cli")
    opened.close()
    if not done:
        raise _missing(id_)
    if as_json:
        print_json({"id": id_, "state": "cancelled"})
    else:
        say(f"{id_}: cancelled.")


def _missing(id_: str) -> MailticketError:
    return MailticketError(
        f"The outbox has no mail {id_} that has not left. `mailticket outbox list` shows what there is."
    )
