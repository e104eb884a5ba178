"""The page. All that is in a message is anybody's: it is escaped, and HTML shown in a frame that may do nothing."""

from collections.abc import Iterable, Sequence
from html import escape

from local.inbox.messages import Delivered

POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
"""Frames have it as well: mail loads no images, which would tell its sender that it was read."""
_NAMES = {"mail": "Mail", "sms": "SMS", "push": "Push"}
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
details { border-bottom: 1px solid #ddd; padding: .6rem 0 }
summary { cursor: pointer }
summary span { margin-right: 1rem }
.kind { display: inline-block; width: 3rem; font-weight: 600 }
time, .to { color: #666 }
pre { white-space: pre-wrap; overflow-wrap: anywhere }
iframe { width: 100%; height: 24rem; border: 1px solid #ddd; background: #fff }
table { font-size: 13px }
th { text-align: left; padding-right: 1rem }
"""


def page(messages: Sequence[Delivered], to: str) -> str:
    shown = "".join(map(_shown, messages)) or "<p>Nothing has been sent yet.</p>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Inbox</title>'
        f"<style>{_STYLE}</style></head><body><h1>Inbox</h1>"
        '<form><label>To <input name="to" type="search" value="'
        f'{escape(to)}"></label> <button>Show</button></form>{shown}</body></html>'
    )


def _shown(message: Delivered) -> str:
    title = message.title or message.text.partition("\n")[0]
    html = ""
    if message.html is not None:
        html = f'<iframe sandbox title="The mail as HTML" srcdoc="{escape(message.html)}"></iframe>'
    files = f"<p>Files: {escape(', '.join(message.files))}</p>" if message.files else ""
    return (
        f'<details><summary><span class="kind">{_NAMES[message.kind]}</span><time>{message.at:%d %b %H:%M:%S}</time> '
        f'<span class="to">{escape(message.to)}</span><span>{escape(title)}</span></summary>'
        f"{html}<pre>{escape(message.text)}</pre>{files}{_table(message.headers.items())}</details>"
    )


def _table(headers: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>" for name, value in headers)
    return f"<table>{rows}</table>" if rows else ""
