"""Is the database in shape, and what waits in it for a person?"""

from datetime import timedelta
from urllib.parse import urlsplit

from mailticket.checks.finding import Finding, fine, wrong
from mailticket.checks.site import Site
from mailticket.errors import TemporaryError
from mailticket.store import contacts, postgresql, schema, sent, waiting
from mailticket.store.postgresql import Server

#: A notification that came back longer ago is history.
_UNREACHED_FOR = timedelta(days=7)
_SPARE_CONNECTIONS = 5


def database(site: Site) -> Finding:
    """Whether it answers, is durable and has this version's schema."""
    store = site.store
    if not site.has_store:
        return fine(f"{store.file} is not there yet; the first start makes it")
    if store.file is not None:
        store.file.stat()  # who may not look there hears of that, and not of a database that does not answer
    try:
        store.assert_durable()
    except TemporaryError:
        place = store.file or urlsplit(store.url).netloc.rpartition("@")[2]
        mend = "see whether it runs, and whether [store] url names it; mail is refused for now (451) until then"
        return wrong(f"{place} does not answer", mend)
    found, newest = schema.current(store), schema.newest()
    if store.is_sqlite:
        words = f"SQLite, WAL, synchronous FULL, schema {found or 'none'}"
        return fine(words if found == newest else f"{words}; the next start brings it to {newest}")
    with store.reading() as connection:
        server = postgresql.server(connection)
    words = f"PostgreSQL {server.version}, synchronous_commit {server.synchronous_commit}, schema {found or 'none'}"
    if found != newest:
        return wrong(f"{words}; this version of mailticket needs {newest}", "mailticket db upgrade")
    return connections(server, site.settings.store.pool, words)


def connections(server: Server, pool: int, words: str) -> Finding:
    """Whether the server has connections left for a node of ours."""
    words = f"{words}, {server.used} of {server.most} connections in use"
    # those of a service that runs already are among them; a command needs one or two besides
    if server.most - server.used < _SPARE_CONNECTIONS:
        mend = f"raise max_connections of PostgreSQL, or lower [store] pool (now {pool}) on each node"
        return wrong(f"{words}: the next node or command may get none", mend)
    return fine(words)


def waiting_mail(site: Site) -> Finding:
    """Whether mail could not be processed."""
    with site.reading() as connection:
        stuck = waiting.tally(connection, waiting.QUARANTINE, ()).count
        held = waiting.tally(connection, waiting.HELD, ()).count
    detail = f"in quarantine: {stuck}, held for a person's word: {held}"
    mend = "`mailticket quarantine list` says why, `quarantine show ID` what to do; then `quarantine retry all`"
    return wrong(detail, mend) if stuck else fine(detail)


def undelivered_mail(site: Site) -> Finding:
    """Whether our mail reaches the agents."""
    registered = {agent.address for agent in site.settings.agent}
    with site.reading() as connection:
        bounced, complained = contacts.silent(connection)
        unreached = sent.unreached_agents(connection, site.now - _UNREACHED_FOR)
    detail = f"addresses that get agents' answers only: {bounced} where mail came back, {complained} that complained"
    lost = [f"{agent} ({at:%Y-%m-%d})" for agent, at in unreached.items() if agent in registered]
    if not lost:
        return fine(detail)
    detail = f"mail to these agents came back: {', '.join(lost)}; {detail}"
    return wrong(detail, "correct their addresses in [[agent]], or have their mailboxes mended")
