"""Who has filled in a contact form? Its mail comes from the form's own address and names the customer in Reply-To.

Which senders are forms `[identity] forms` says. Anybody can type any address into a form: whoever it names is not
proved, has no part in any ticket, and is no agent.
"""

from dataclasses import replace

from mailticket.desk.confirmation import is_own
from mailticket.desk.policy import Policy
from mailticket.desk.sender import Role, Sender
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address, Envelope, InboundMail


def customer_of(mail: InboundMail, envelope: Envelope, verdict: Verdict, policy: Policy) -> Address | None:
    """The customer where `mail` is a form's; None for any other mail, which is its sender's own.

    It is proved that it comes from the form, or it came by a way of ours; and its Reply-To is beyond doubt.
    """
    if mail.from_ is None or mail.from_defect or mail.from_.addr_spec not in policy.forms:
        return None
    if verdict is not Verdict.PASS and (verdict is Verdict.FAIL or not envelope.trusted):
        return None
    if len(mail.reply_to) != 1 or mail.reply_to_defect or mail.bounce or mail.complaint:
        return None
    (customer,) = mail.reply_to
    return None if is_own(customer.addr_spec, policy) or customer.addr_spec in policy.forms else customer


def as_written_by(customer: Address, mail: InboundMail) -> InboundMail:
    """The form's mail as the customer's own; that a machine has sent it says nothing about who wrote it."""
    return replace(mail, from_=customer, auto_submitted=False, automatic_answer=False)


def writer(customer: Address) -> Sender:
    """What whoever fills in a form may do: what anybody may whom nothing proves."""
    return Sender(address=customer, role=Role.STRANGER, verdict=Verdict.NONE)
