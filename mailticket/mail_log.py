"""What does the log say of a mail? One canonical line, written when its receipt is given; no bodies, no secrets."""

import structlog

from mailticket.pipeline import Outcome, Prepared

log = structlog.get_logger()


def log_mail(prepared: Prepared, outcome: Outcome, prepare_ms: float, commit_ms: float, batch: int) -> None:
    """`batch` is the number of writes that shared the commit."""
    receipt, envelope = outcome.receipt, prepared.envelope
    log.info(
        "mail_received",
        receipt=receipt.kind,
        ticket=getattr(receipt, "ticket", None) or None,
        reason=getattr(receipt, "reason", None) or None,
        transport=str(envelope.transport),
        mailbox=envelope.position.account if envelope.position else None,
        message_id=prepared.mail.message_id or None,
        verdict=outcome.verdict or str(prepared.identity.verdict),
        bytes=prepared.mail.size,
        attachments={
            "kept": sum(not file.withheld for file in outcome.files),
            "withheld": sum(bool(file.withheld) for file in outcome.files),
        },
        prepare_ms=round(prepare_ms, 1),
        commit_ms=round(commit_ms, 1),
        batch=batch,
    )
