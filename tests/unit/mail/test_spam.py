"""Which header fields of spam filters do we understand? As SpamAssassin 4 and Rspamd 3 write them by default."""

import pytest

from mailticket.mail.fields import Fields
from mailticket.mail.spam import spam_sign


@pytest.mark.parametrize(
    "header",
    [
        "X-Spam-Flag: YES",
        "X-Spam-Status: Yes, score=12.3 required=5.0 tests=BAYES_99,\r\n\tURIBL_BLACK autolearn=no version=4.0.0",
        "X-Spam: Yes",
        "X-Spamd-Result: default: True [21.70 / 15.00];\r\n\tVIOLATED_DIRECT_SPF(3.50)[]",
        "X-Rspamd-Action: add header",
        "X-Rspamd-Action: reject",
        "X-Spam-Flag: YES\r\nX-Spam-Flag: NO",
    ],
)
def test_spam_is_seen(header: str) -> None:
    assert spam_sign(Fields(f"{header}\r\n\r\n".encode())).startswith("x-")


@pytest.mark.parametrize(
    "header",
    [
        "Subject: Yes",
        "X-Spam-Flag: NO",
        "X-Spam-Flag: NO\r\nX-Spam-Flag: YES",
        "X-Spam-Status: No, score=-1.9 required=5.0 tests=BAYES_00",
        "X-Spam-Score: 25",
        "X-Spamd-Result: default: False [-2.10 / 15.00]",
        "X-Rspamd-Action: no action",
        "X-Rspamd-Action: greylist",
        "X-Spam: yesterday",
        "X-Spam-Flag:",
    ],
)
def test_other_mail_is_not(header: str) -> None:
    assert spam_sign(Fields(f"{header}\r\n\r\n".encode())) == ""
