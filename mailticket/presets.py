"""What is the same for everybody whose mail is at one provider? Servers, limits and habits, each with its source.

A settings file names one (`provider = "google"`); `mailticket setup` knows two more: any hosting, Postfix beside us.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One kind of mailbox. What a provider does not publish is None, "" or 0: nobody's guess stands here."""

    name: str
    #: As people call it.
    title: str
    #: Domains below which the MX of its customers lie.
    mx: tuple[str, ...] = ()
    imap_host: str = ""
    imap_port: int = 993
    imap_tls: Literal["implicit", "starttls", "none"] = "implicit"
    smtp_host: str = ""
    smtp_port: int = 465
    smtp_tls: Literal["implicit", "starttls", "none"] = "implicit"
    #: IMAP connections that one mailbox may have at once.
    imap_connections: int = 0
    #: SMTP connections that one mailbox may have at once.
    connections: int = 0
    rate_per_minute: int = 0
    #: Recipients of all mails of 24 hours.
    per_day: int = 0
    #: Where what was sent lies; "" where only the server knows (\\Sent, RFC 6154).
    sent_folder: str = ""
    #: What we send by SMTP appears there without our doing.
    saves_sent: bool = False
    #: Mail to local+anything@ arrives; None where that is to be tried.
    plus_addressing: bool | None = None
    #: What the domain's SPF record includes.
    spf_include: str = ""
    #: A mailbox is opened by OAuth2, and a password helps nothing (microsoft365) or is the second choice (google).
    oauth2: bool = False

    def imap(self) -> dict[str, object]:
        """What `[[intake.imap]] provider` stands for."""
        return {"host": self.imap_host, "port": self.imap_port, "tls": self.imap_tls}

    def outbound(self) -> dict[str, object]:
        """What `[outbound] provider` stands for; a limit that nobody knows is left to the default."""
        servers = {"host": self.smtp_host, "port": self.smtp_port, "tls": self.smtp_tls}
        limits = {
            "connections": self.connections,
            "rate_per_minute": self.rate_per_minute,
            "per_day": self.per_day,
        }
        return {**servers, **{key: value for key, value in limits.items() if value}}


# Servers and ports: support.google.com/mail/answer/7126229. 15 IMAP connections: the same page. Recipients a day: 2,000
# messages, 3,000 outside recipients (2,000 different ones), support.google.com/a/answer/166852; the least of them. A
# free gmail.com account has 500: its owner sets per_day. Sent mail is kept by itself: the first page, "SMTP".
_GOOGLE = Preset(
    name="google",
    title="Google Workspace or Gmail",
    mx=("google.com", "googlemail.com"),
    imap_host="imap.gmail.com",
    smtp_host="smtp.gmail.com",
    imap_connections=15,
    per_day=2000,
    saves_sent=True,
    plus_addressing=True,
    spf_include="_spf.google.com",
    oauth2=True,
)

# Servers: learn.microsoft.com, "POP, IMAP and SMTP settings for Outlook". 30 messages a minute, 10,000 recipients a
# day: "Exchange Online limits", sending limits. 3 connections, and the copy in Sent Items: Exchange team blog, "Changes
# coming to the SMTP authenticated submission client protocol". Plus addresses are on for all organisations ("Plus
# addressing in Exchange Online") unless an administrator has switched them off: setup tries.
_MICROSOFT365 = Preset(
    name="microsoft365",
    title="Microsoft 365 (Exchange Online)",
    mx=("protection.outlook.com", "mx.microsoft"),
    imap_host="outlook.office365.com",
    smtp_host="smtp.office365.com",
    smtp_port=587,
    smtp_tls="starttls",
    connections=3,
    rate_per_minute=30,
    per_day=10_000,
    saves_sent=True,
    spf_include="spf.protection.outlook.com",
    oauth2=True,
)

# Servers and ports: fastmail.com/help/technical/servernamesandports.html. How much may be sent goes by the plan (help
# page "Account limits"). Its verdicts are written by many hosts (mx1 to mx6, phl-mx-01 …, all .messagingengine.com)
# and the list is nowhere published: DKIM, which we check ourselves, serves instead.
_FASTMAIL = Preset(
    name="fastmail",
    title="Fastmail",
    mx=("messagingengine.com",),
    imap_host="imap.fastmail.com",
    smtp_host="smtp.fastmail.com",
    sent_folder="Sent",
    plus_addressing=True,
    spf_include="spf.messagingengine.com",
)

#: RFC 8314 §3: TLS from the first byte is what a host offers today.
_HOSTING = Preset(name="hosting", title="a mailbox at a hosting company, or a mail server of your own")

_POSTFIX_LOCAL = Preset(
    name="postfix-local",
    title="Postfix on this machine",
    smtp_host="127.0.0.1",
    smtp_port=25,
    smtp_tls="none",
)

PRESETS: Mapping[str, Preset] = {
    preset.name: preset for preset in (_GOOGLE, _MICROSOFT365, _FASTMAIL, _HOSTING, _POSTFIX_LOCAL)
}

#: Those that a settings file may name.
Provider = Literal["", "google", "microsoft365", "fastmail"]


def by_mx(exchange: str) -> Preset | None:
    """The provider whose mail exchanger this is."""
    host = "." + exchange.rstrip(".").lower()
    return next((one for one in PRESETS.values() if any(host.endswith(f".{mx}") for mx in one.mx)), None)
