"""Whether a mail is from whom it says: what the receiving server has written on top of it.

SES checks SPF, DKIM and DMARC and puts its findings above everything that the sender has written. So only the first
header of a name counts, and only DMARC: it alone is about the address in From, which is what people see. What a
sender writes into SPF's part (the name of its server, its envelope) could look like another finding, so a header that
has two is no evidence.
"""

import re
from email.message import Message

_SERVER = "amazonses.com"
_DMARC = re.compile(r"(?i)\bdmarc\s*=\s*(\w+)")
_FROM = re.compile(r"(?i)\bheader\.from\s*=\s*([^\s;]+)")


def is_authenticated(message: Message, domain: str) -> bool:
    """Whether the owner of the domain vouches for mail from it."""
    findings = " ".join(_first(message, "Authentication-Results").split())
    server, _, results = findings.partition(";")
    if server.strip().lower() != _SERVER:
        return False
    verdicts, senders = _DMARC.findall(results), _FROM.findall(results)
    return [each.lower() for each in verdicts] == ["pass"] and [each.lower() for each in senders] == [domain]


def is_suspicious(message: Message) -> bool:
    """Whether it is spam, or the owner of the domain says that it is not from there."""
    verdicts = _DMARC.findall(_first(message, "Authentication-Results"))
    return _failed(message, "X-SES-Spam-Verdict") or any(each.lower() == "fail" for each in verdicts)


def is_infected(message: Message) -> bool:
    return _failed(message, "X-SES-Virus-Verdict")


def _failed(message: Message, verdict: str) -> bool:
    return _first(message, verdict).strip().upper() == "FAIL"


def _first(message: Message, name: str) -> str:
    return str(message.get(name, ""))
