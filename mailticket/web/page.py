"""How does a button's page look? A few lines of HTML that load nothing and run nothing, and headers that say so."""

import base64
import hashlib
from collections.abc import Mapping
from html import escape

_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; padding: 24px; font: 16px/1.5 Arial, Helvetica, sans-serif; }
main { max-width: 480px; margin: 0 auto; overflow-wrap: anywhere; }
h1 { font-size: 22px; }
button { font: inherit; padding: 10px 20px; border-radius: 6px; border: 1px solid #1d5fbf; background: #1d5fbf;
  color: #ffffff; cursor: pointer; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode("ascii")

#: Of every answer. Whoever has the address of the page has the button: it goes into no cache, frame or Referer.
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


def page(language: str, desk: str, heading: str, lines: tuple[str, ...], button: str = "") -> str:
    """A page with `lines` of text and, where it is named, one `button` that posts to the page's own address."""
    paragraphs = "\n".join(f"<p>{escape(line)}</p>" for line in lines if line)
    form = f'<form method="post"><button type="submit">{escape(button)}</button></form>' if button else ""
    return f"""<!DOCTYPE html>
<html lang="{escape(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(heading or desk)}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{escape(heading or desk)}</h1>
{paragraphs}
{form}
</main>
</body>
</html>
"""
