"""What does Exchange Online say about a sender, in a mailbox of Microsoft 365?

It names no authserv-id, and adds `action` and `compauth`. Mail within one tenant is neither signed nor checked: there
X-MS-Exchange-Organization-AuthAs counts, which Exchange takes off whatever comes in from outside and writes anew.
X-MS-Exchange-CrossTenant-AuthAs alone proves nothing: it crosses tenants, and anybody can have one.
"""

from collections.abc import Iterator
from dataclasses import replace

from mailticket.mail.authentication_results import METHODS, Result, read_loosely
from mailticket.mail.fields import Fields

#: compauth: an ARC sealer that the tenant trusts vouches for a mail that fails DMARC.
_BY_ARC = "130"
#: Only these are what Exchange writes about mail that it neither received nor checked.
_UNCHECKED = {("dkim", "none"), ("dmarc", "none"), ("arc", "none")}


def told(field: str, header: Fields, domain: str, tenant: str, evidence: list[str]) -> list[Result]:
    """What the topmost Authentication-Results `field` says of a sender at `domain`, and whether they wrote within
    `tenant`. Nothing where the field is not Exchange Online's."""
    found = list(read_loosely(field))
    if found and field.split(";")[0].split("=")[0].strip().lower() not in (*METHODS, "compauth"):
        evidence.append("The topmost Authentication-Results is not Exchange Online's.")
        return []
    results = list(_results(found))
    if domain == tenant and _is_internal(header) and {(one.method, one.result) for one in results} <= _UNCHECKED:
        results.append(Result(method="internal", result="pass", properties={"header.from": domain}))
        evidence.append("Exchange Online says that it was written within the tenant (AuthAs: Internal).")
    return results


def _results(found: list[Result]) -> Iterator[Result]:
    for one in found:
        if one.method in METHODS:
            lenient = one.method == "dmarc" and one.result == "fail" and one.properties.get("action") == "none"
            yield replace(one, lenient=lenient)
        elif one.method == "compauth" and one.result == "pass" and one.properties.get("reason") == _BY_ARC:
            yield Result(method="arc", result="pass", properties={"reason": _BY_ARC})


def _is_internal(header: Fields) -> bool:
    """One AuthAs, and nothing that contradicts it."""
    authenticated = [value.strip().lower() for value in header.all("x-ms-exchange-organization-authas")]
    crossed = {value.strip().lower() for value in header.all("x-ms-exchange-crosstenant-authas")}
    direction = {value.strip().lower() for value in header.all("x-ms-exchange-organization-messagedirectionality")}
    return authenticated == ["internal"] and crossed <= {"internal"} and direction <= {"originating"}
