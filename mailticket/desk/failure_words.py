"""Why did a mail not arrive, in plain words, and does that say something of the address? Enhanced status, RFC 3463."""

#: Subject and detail of a status -> the reason, as it follows "because".
_DETAILS = {
    "1.0": "there is something wrong with the address",
    "1.1": "there is no such mailbox; the name before the @ may be mistyped, or the person has left",
    "1.2": "the domain behind the @ does not exist or takes no mail; it may be mistyped",
    "1.3": "the address is not written as an address has to be",
    "1.4": "the address fits more than one mailbox",
    "1.6": "the mailbox has moved, and nobody says where to",
    "1.10": "the domain behind the @ takes no mail",
    "2.0": "something is wrong with the mailbox",
    "2.1": "the mailbox is switched off",
    "2.2": "the mailbox is full",
    "2.3": "the mail is larger than the mailbox takes",
    "2.4": "the mailing list behind the address could not be reached",
    "3.1": "the receiving mail server has no room left",
    "3.4": "the mail is larger than the receiving mail server takes",
    "4.0": "the way to the receiving mail server is disturbed",
    "4.1": "the receiving mail server does not answer",
    "4.2": "the connection to the receiving mail server broke off",
    "4.3": "the receiving mail server could not be found just then",
    "4.4": "no mail server was found for the domain behind the @; it may be mistyped",
    "4.6": "the mail went round in circles between mail servers",
    "4.7": "the receiving mail server could not be reached for days",
    "5.3": "the mail had too many recipients",
    "7.0": "the receiving mail server refused it for reasons of security",
    "7.1": "the receiving mail server refused it: as spam, or because it does not take mail from us",
    "7.2": "the mailing list behind the address takes no mail from us",
    "7.13": "the mailbox is switched off",
    "7.23": "our mail's origin could not be verified (SPF); whoever runs our mail server has to look at it",
    "7.26": "our mail's origin could not be verified (SPF, DKIM); whoever runs our mail server has to look at it",
}
#: The same where only the subject is told, or the detail is a rare one.
_SUBJECTS = {
    "1": "there is something wrong with the address",
    "2": "something is wrong with the mailbox",
    "3": "the receiving mail server has trouble of its own",
    "4": "the way to the receiving mail server is disturbed",
    "5": "the two mail servers did not understand each other",
    "6": "the receiving mail server could not handle what is in the mail",
    "7": "the receiving mail server refused it for reasons of security",
}
_UNKNOWN = "the receiving mail server did not say why"

#: Reasons that the next mail would meet too, whatever is in it and however we send it.
_OF_THE_ADDRESS = frozenset({"0", "1", "2"})
_OF_THE_MAIL = frozenset({"2.3"})
_NO_SUCH_DOMAIN = frozenset({"4.4"})


def in_words(status: str) -> str:
    """The reason that a status such as `5.1.1` gives, for people who know nothing of mail servers."""
    detail = status.partition(".")[2]
    return _DETAILS.get(detail) or _SUBJECTS.get(detail.partition(".")[0], _UNKNOWN)


def concerns_address(status: str) -> bool:
    """Whether the status says that mail to this address is in vain, and not that this one mail, or we, displeased."""
    detail = status.partition(".")[2]
    if detail in _OF_THE_MAIL:
        return False
    return detail.partition(".")[0] in _OF_THE_ADDRESS or detail in _NO_SUCH_DOMAIN
