"""What is read of a mail, and what of a hostile one."""

import time
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.mail.domain import parsing
from knowledge_base.mail.domain.parsing import MAX_BYTES, MAX_REFERENCES, MAX_SUBJECT, Mail, MailFile, Unreadable, parse
from knowledge_base.mail.domain.texts import MAX_TEXT
from tests.knowledge_base.mail.examples import AMARA, PASSED, eml


def read(data: bytes) -> Mail:
    return parse(data, "almoner.example")


def refusal(data: bytes) -> str:
    with pytest.raises(Unreadable) as error:
        read(data)
    return str(error.value)


def multipart(**files: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = AMARA, "help@almoner.example", "Photos"
    message.set_content("See the photos.")
    message.add_alternative("<p>See the <b>photos</b>.</p>", subtype="html")
    for name, data in files.items():
        message.add_attachment(data, maintype="image", subtype="png", filename=name)
    return message.as_bytes()


def test_a_mail_is_read() -> None:
    mail = read(eml(headers={"References": "<a@x.org>\r\n <b@x.org>", "In-Reply-To": "<b@x.org>", "Cc": "x@y.org"}))
    assert mail == Mail(
        sender=AMARA,
        is_verified=True,
        subject="Where is my parcel?",
        text="My parcel is late.",
        recipients=("help@almoner.example", "x@y.org"),
        message_id="<first@mail.example.org>",
        references=("<a@x.org>", "<b@x.org>"),
    )


def test_encoded_headers_and_other_charsets_are_read() -> None:
    mail = read(
        eml("", {"Subject": "=?utf-8?B?R3LDvMOfZQ==?=", "Content-Type": "text/plain; charset=iso-8859-1"})
        + b"Gr\xfc\xdfe"
    )
    assert (mail.subject, mail.text) == ("Grüße", "Grüße")


@pytest.mark.parametrize("charset", ["x-unknown", "unicode_escape", "punycode", "rot13", '"utf-8"', ""])
def test_charsets_that_nobody_writes_in_are_not_tried(charset: str) -> None:
    assert read(eml("caf\u00e9 \\x41-", {"Content-Type": f"text/plain; charset={charset}"})).text == "caf\u00e9 \\x41-"


def test_the_plain_form_is_taken_and_files_are_apart() -> None:
    mail = read(multipart(box=b"1\x00\xff", label=b"2"))
    assert mail.text == "See the photos."
    assert mail.files == (MailFile("box", "image/png", b"1\x00\xff"), MailFile("label", "image/png", b"2"))
    assert mail.more_files == 0


def test_some_files_are_taken_and_the_others_counted() -> None:
    mail = read(multipart(**{f"n{number}": b"1" for number in range(13)}))
    assert ([each.name for each in mail.files], mail.more_files) == ([f"n{number}" for number in range(10)], 3)


@pytest.mark.parametrize(
    ("headers", "body", "file"),
    [
        ("Content-Type: text/csv\n", "a,b", MailFile("file", "text/csv", b"a,b")),
        (
            "Content-Disposition: attachment; filename*=utf-8''%E2%80%AEa%0Ab.txt\n",
            "x",
            MailFile("a b.txt", "text/plain", b"x"),
        ),
        ("Content-Type: message/rfc822\n", "Subject: x\n\ny", MailFile("file", "message/rfc822", b"")),
        (
            "Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n",
            "iVBORw==",
            MailFile("a.png", "image/png", b"\x89PNG"),
        ),
        ("Content-Type: image/png\nContent-Transfer-Encoding: x-nobodys\n", "x", MailFile("file", "image/png", b"x")),
    ],
)
def test_files_of_every_kind_are_read(headers: str, body: str, file: MailFile) -> None:
    parts = f"--b\n\nHello\n--b\n{headers}\n{body}\n--b--\n"
    mail = read(eml(parts, {"Content-Type": "multipart/mixed; boundary=b"}))
    assert (mail.text, mail.files) == ("Hello", (file,))


def test_a_page_is_read_without_marks() -> None:
    page = "<style>p {}</style><p>Hello&nbsp;<b>you</b></p><script>x</script><div>Bye</div>"
    assert read(eml(page, {"Content-Type": "text/html"})).text == "Hello you\n\nBye"


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto-Submitted": "auto-replied"}, "an automatic reply"),
        ({"Auto-Submitted": "auto-generated; type=vacation"}, "an automatic reply"),
        ({"X-Autoreply": "yes"}, "an automatic reply"),
        ({"Return-Path": "<>"}, "a report of delivery"),
        ({"Content-Type": "multipart/report; boundary=x"}, "a report of delivery"),
        ({"Precedence": "bulk"}, "sent to a list"),
        ({"List-Id": "<news.example.org>"}, "sent to a list"),
        ({"From": "MAILER-DAEMON@example.org"}, "from a machine"),
        ({"From": "help@almoner.example"}, "sent by ourselves"),
        ({"From": "Almoner <help@ALMONER.example>"}, "sent by ourselves"),
        ({"X-SES-Virus-Verdict": "FAIL"}, "infected"),
        ({"From": None}, "no single sender"),
        ({"From": "a@x.org, b@x.org"}, "no single sender"),
        ({"From": "not an address"}, "no single sender"),
        ({"From": "Amara\r\nFrom: c@x.org"}, "no single sender"),
        ({"From": '"a@x.org" <b@x.org>\r\nFrom: c@x.org'}, "no single sender"),
    ],
)
def test_what_no_person_has_written_is_refused(headers: dict[str, str | None], reason: str) -> None:
    assert refusal(eml(headers=headers)) == reason


def test_mail_that_goes_in_circles_is_refused() -> None:
    hops = b"".join(b"Received: from a by b\r\n" for _ in range(40))
    assert refusal(hops + eml()) == "going in circles"


@pytest.mark.parametrize(
    "findings",
    [
        "amazonses.com; dmarc=fail header.from=example.org",
        "amazonses.com; dmarc=none header.from=example.org",
        "amazonses.com; spf=pass; dkim=pass header.i=@example.org",
        "amazonses.com; dmarc=pass header.from=evil.org",
        "amazonses.com; dmarc=pass header.from=sub.example.org",
        "evil.org; dmarc=pass header.from=example.org",
        "amazonses.com; spf=fail helo=x; dmarc=pass header.from=example.org; dmarc=fail header.from=example.org",
        "amazonses.com; spf=pass helo=x header.from=example.org; dmarc=pass header.from=evil.org",
        "amazonses.com; spf=pass helo=x; dmarc=pass; dmarc=fail header.from=example.org",
        "dmarc=pass header.from=example.org",
        "",
    ],
)
def test_senders_are_not_believed(findings: str) -> None:
    assert not read(eml(headers={"Authentication-Results": findings})).is_verified


def test_what_a_sender_writes_below_the_servers_findings_does_not_count() -> None:
    forged = (
        f"amazonses.com; dmarc=fail header.from=example.org\r\nAuthentication-Results: {PASSED.format('example.org')}"
    )
    assert not read(eml(headers={"Authentication-Results": forged})).is_verified


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "without a body"),
        (b"From: a@x.org", "without a body"),
        (b"X: " + b"y" * 200_000 + b"\r\n\r\n", "headers too long"),
    ],
)
def test_what_has_no_head_of_a_mail_is_refused(data: bytes, reason: str) -> None:
    assert refusal(data) == reason


@pytest.mark.parametrize(
    "data",
    [
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5000)),
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type:\n message/rfc822\n\n" * 5000,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 5000 + b"--b--\n",
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: a/b\n\nx\n" * 5000 + b"--b--\n",
    ],
)
def test_of_too_many_parts_the_first_are_read_at_once(data: bytes) -> None:
    started = time.process_time()
    mail = read(b"From: a@x.org\n" + data)
    assert time.process_time() - started < 2
    assert mail.cut_off
    assert len(mail.files) + mail.more_files <= 200


def test_of_a_mail_that_is_too_large_the_words_and_the_whole_files_are_read() -> None:
    mail = read(multipart(a=b"1" * 1000, b=b"2" * MAX_BYTES, c=b"3"))
    assert mail.text == "See the photos."
    assert [(each.name, len(each.content)) for each in mail.files] == [("a", 1000)]
    assert mail.cut_off == "everything after its first 10 MB"
    assert read(multipart(a=b"1" * 1000)).cut_off is None


@pytest.mark.parametrize("content_type", ["application/pdf", "text/plain", "message/rfc822", "multipart/mixed"])
def test_a_large_mail_of_one_part_is_read_as_far_as_it_goes(content_type: str) -> None:
    mail = read(eml("x" * (MAX_BYTES + 1), {"Content-Type": content_type}))
    assert mail.cut_off
    assert mail.files == ()
    assert len(mail.text) == (MAX_TEXT if content_type == "text/plain" else 0)


def test_wherever_a_mail_is_cut_no_part_of_a_file_is_taken_for_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = {"a": b"1" * 300, "b": b"2" * 300}
    mail = multipart(**contents)
    kept = set[int]()
    for length in range(mail.index(b"\n\n") + 2, len(mail)):
        monkeypatch.setattr(parsing, "MAX_BYTES", length)
        files = read(mail).files
        assert all(each.content == contents[each.name] for each in files), length
        kept.add(len(files))
    assert kept == {0, 1, 2}, "the last ones cut nothing but the end"


@pytest.mark.parametrize(
    ("headers", "is_suspicious"),
    [
        ({"Authentication-Results": "amazonses.com; dmarc=fail header.from=example.org"}, True),
        ({"X-SES-Spam-Verdict": "FAIL"}, True),
        ({"Authentication-Results": "amazonses.com; spf=fail; dmarc=none header.from=example.org"}, False),
        ({"Authentication-Results": None}, False),
        ({}, False),
    ],
)
def test_spam_and_forgeries_are_suspicious(headers: dict[str, str | None], is_suspicious: bool) -> None:
    assert read(eml(headers=headers)).is_suspicious is is_suspicious


@pytest.mark.parametrize(
    ("text", "content_type"),
    [
        ("<!--" * 50_000, "text/html"),
        ("<a " * 50_000, "text/html"),
        ("<script>" * 50_000, "text/html"),
        ("&" * 100_000 + "<" * 100_000, "text/html"),
        ("> " * 200_000, "text/plain"),
        (">\n" * 200_000, "text/plain"),
        ("x" * 400_000, "text/plain; charset=punycode"),
        ("x" * 400_000, "text/plain; charset=unicode_escape"),
        ("\u202e" * 50_000, "text/plain; charset=utf-8"),
    ],
)
def test_hostile_texts_take_no_time(text: str, content_type: str) -> None:
    started = time.process_time()
    assert len(read(eml(text, {"Content-Type": content_type})).text) <= MAX_TEXT
    assert time.process_time() - started < 2


@pytest.mark.parametrize("name", ["From", "To", "Subject", "References", "Message-ID", "Authentication-Results"])
@pytest.mark.parametrize("value", ["(" * 60_000, '"' * 60_000, "<" * 60_000, "=?utf-8?q?" * 6_000, "a@b.org," * 10_000])
def test_hostile_headers_take_no_time(name: str, value: str) -> None:
    started = time.process_time()
    try:
        mail = read(eml(headers={name: value}))
    except Unreadable:
        mail = None
    assert mail is None or len(mail.subject) <= MAX_SUBJECT
    assert mail is None or len(mail.references) <= MAX_REFERENCES
    assert time.process_time() - started < 2


@settings(deadline=None)
@given(st.binary(max_size=2_000), st.binary(max_size=500))
def test_any_bytes_are_read_or_refused(body: bytes, header: bytes) -> None:
    for data in (body, b"From: a@x.org\r\nSubject: " + header + b"\r\n\r\n" + body, eml() + body):
        try:
            mail = read(data)
        except Unreadable:
            continue
        assert "\n" not in mail.subject
        mail.text.encode()  # can be stored
        mail.subject.encode()


def test_what_would_have_readers_see_something_else_is_left_out() -> None:
    mail = read(eml("pay \u202eevil\u202c\x00 now", subject="a\x0bb"))
    assert mail.text == "pay evil now"
    assert mail.subject == "a b"
