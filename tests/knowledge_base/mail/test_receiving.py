"""Whose ticket a mail becomes, and on which it is a reply."""

from dataclasses import replace
from datetime import timedelta

import pytest

from knowledge_base.mail.domain.correspondence import Letter, Standing
from knowledge_base.mail.domain.receiving import ERASED, MAX_MAILS_AN_HOUR, NO_SUBJECT, Outcome, Received
from tests.knowledge_base.mail.examples import ADDRESSES, AMARA, AMARA_ID, NOW, Post, eml, eml_with_files


@pytest.fixture
def post() -> Post:
    return Post()


def receive(post: Post, data: bytes, key: str = "inbox/1") -> Received:
    return post.receive(data, key)


def answered(text: str, *, message_id: str = "<second@mail.example.org>", **headers: str) -> bytes:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return eml(text, {"Message-ID": message_id} | names)


def opened(post: Post, *, verified: bool = True) -> str:
    received = receive(post, eml(verified=verified))
    assert received.outcome is Outcome.OPENED
    assert received.ticket_id
    return received.ticket_id


def test_a_verified_user_opens_a_ticket_as_themselves(post: Post) -> None:
    ticket = post.tickets.threads[opened(post)]
    assert (ticket.user_id, ticket.subject) == (AMARA_ID, "Where is my parcel?")
    assert post.tickets.texts[ticket.ticket_id] == ["My parcel is late."]


def test_whoever_only_claims_an_address_is_somebody_else_as_staff_see(post: Post) -> None:
    ticket_id = opened(post, verified=False)
    assert post.tickets.threads[ticket_id].user_id == post.strangers.ids[AMARA, Standing.UNVERIFIED][0]
    [letter] = post.letters.letters.values()
    assert letter.standing is Standing.UNVERIFIED
    assert "not certain" in post.tickets.texts[ticket_id][0]


def test_strangers_are_the_same_each_time_and_nobody_else(post: Post) -> None:
    users = set()
    for sender in (AMARA, "x@example.org"):
        for verified in (True, False):
            mails = [eml(headers={"Message-ID": f"<{n}@x.org>"}, sender=sender, verified=verified) for n in range(2)]
            opened = [receive(post, mail).ticket_id or "" for mail in mails]
            [user_id] = {post.tickets.threads[each].user_id for each in opened}
            users.add(user_id)
    assert len(users) == 4


@pytest.mark.parametrize("means", ["To", "Cc", "In-Reply-To", "References", "Subject"])
def test_replies_join_their_ticket(post: Post, means: str) -> None:
    ticket_id = opened(post)
    number = post.tickets.threads[ticket_id].number
    value = {
        "To": ADDRESSES.of_ticket(ticket_id),
        "Cc": f"Help <{ADDRESSES.of_ticket(ticket_id).upper()}>",
        "In-Reply-To": "<first@mail.example.org>",
        "References": "<other@x.org> <first@mail.example.org>",
        "Subject": f"Re: Re: parcel [#{number}]",
    }[means]
    reply = answered("Still nothing.", **{means: value})
    assert receive(post, reply) == Received(Outcome.REPLIED, ticket_id)
    assert post.tickets.texts[ticket_id] == ["My parcel is late.", "Still nothing."]


@pytest.mark.parametrize("means", ["To", "In-Reply-To", "Subject"])
@pytest.mark.parametrize(("sender", "verified"), [(AMARA, False), ("eve@evil.org", True), ("eve@evil.org", False)])
def test_nobody_else_joins_a_ticket_even_with_its_address(post: Post, means: str, sender: str, verified: bool) -> None:
    ticket_id = opened(post)
    value = {"To": ADDRESSES.of_ticket(ticket_id), "In-Reply-To": "<first@mail.example.org>", "Subject": "[#1]"}[means]
    received = receive(
        post, eml("Send it to me.", {"Message-ID": "<evil@evil.org>", means: value}, sender=sender, verified=verified)
    )
    assert received.outcome is Outcome.OPENED
    assert post.tickets.texts[ticket_id] == ["My parcel is late."]
    assert received.ticket_id
    assert post.tickets.threads[received.ticket_id].user_id != AMARA_ID


def test_who_is_not_verified_joins_their_own_ticket_by_its_address_only(post: Post) -> None:
    ticket_id = opened(post, verified=False)
    by_reference = {"Message-ID": "<second@x.org>", "In-Reply-To": "<first@mail.example.org>"}
    assert receive(post, eml("More.", by_reference, verified=False)).outcome is Outcome.OPENED
    by_address = {"Message-ID": "<third@x.org>", "To": ADDRESSES.of_ticket(ticket_id)}
    assert receive(post, eml("More.", by_address, verified=False)) == Received(Outcome.REPLIED, ticket_id)


def test_a_mail_that_is_delivered_twice_counts_once(post: Post) -> None:
    ticket_id = opened(post)
    assert receive(post, eml(), "inbox/1") == Received(Outcome.REPEATED, ticket_id)
    assert receive(post, eml(), "inbox/2") == Received(Outcome.REPEATED, ticket_id, is_kept=False)
    without_id = eml("No id.", {"Message-ID": None})
    assert receive(post, without_id).outcome is Outcome.OPENED
    assert receive(post, without_id).outcome is Outcome.REPEATED
    assert len(post.tickets.threads) == 2


def test_nobody_keeps_anothers_mail_out_with_its_message_id(post: Post) -> None:
    receive(post, eml(verified=False))
    assert receive(post, eml()).outcome is Outcome.OPENED


def test_a_repetition_after_a_crash_uses_the_same_key(post: Post) -> None:
    opened(post)
    post.letters.letters.clear()  # the function died before it noted the letter
    opened(post)
    assert len(post.tickets.keys) == 1, "so that the tickets open none again"


def test_a_closed_ticket_goes_on_as_a_new_one(post: Post) -> None:
    ticket_id = opened(post)
    post.tickets.closed.add(ticket_id)
    received = receive(post, answered("Again!", In_Reply_To="<first@mail.example.org>"))
    assert received.outcome is Outcome.OPENED
    assert received.ticket_id != ticket_id


def test_replies_to_a_merged_ticket_join_the_one_that_goes_on(post: Post) -> None:
    first = opened(post)
    second = receive(post, answered("Other", message_id="<other@x.org>")).ticket_id
    assert second
    post.tickets.merge(first, second)
    reply = answered("More.", message_id="<third@x.org>", To=ADDRESSES.of_ticket(first))
    assert receive(post, reply) == Received(Outcome.REPLIED, second)


def test_merges_in_a_circle_end(post: Post) -> None:
    first = opened(post)
    post.tickets.merge(first, first)
    assert receive(post, answered("More.", To=ADDRESSES.of_ticket(first))).outcome is Outcome.OPENED


def test_nothing_is_opened_for_whoever_was_erased(post: Post) -> None:
    post.tickets.erased.add(AMARA_ID)
    assert receive(post, eml()) == ERASED
    assert not post.letters.letters


def test_whoever_is_erased_between_ticket_and_letter_leaves_no_mail(post: Post) -> None:
    post.letters.erased.add(AMARA_ID)
    assert receive(post, eml()) == ERASED


def test_what_strangers_wrote_before_they_were_erased_does_not_come_back(post: Post) -> None:
    mail = eml(verified=False)
    first = receive(post, mail)
    post.strangers.erase_address(AMARA, NOW, NOW)
    post.letters.letters.clear()
    assert receive(post, mail) == ERASED
    later = post.receive(answered("Once more."), "inbox/2", NOW + timedelta(seconds=1))
    assert later.outcome is Outcome.OPENED
    later = post.receive(eml("Forged", verified=False), "inbox/3", NOW + timedelta(seconds=1))
    users = [post.tickets.threads[each.ticket_id or ""].user_id for each in (first, later)]
    assert len(set(users)) == 2


def test_of_two_deliveries_at_once_the_first_letter_stays(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    add = post.letters.add

    def late(letter: Letter) -> bool:
        monkeypatch.undo()
        post.letters.letters[letter.user_id, letter.letter_id] = replace(letter, key="inbox/0")
        return add(letter)

    monkeypatch.setattr(post.letters, "add", late)
    received = receive(post, eml())
    assert (received.outcome, received.is_kept) == (Outcome.REPEATED, False)


def test_a_machine_that_does_not_say_so_is_stopped(post: Post) -> None:
    mails = [answered("I am away.", message_id=f"<{n}@x.org>") for n in range(MAX_MAILS_AN_HOUR + 2)]
    outcomes = [receive(post, mail).outcome for mail in mails]
    assert outcomes[-2:] == [Outcome.REFUSED] * 2
    assert outcomes.count(Outcome.OPENED) == MAX_MAILS_AN_HOUR
    later = post.receive(answered("Back.", message_id="<back@x.org>"), "inbox/9", NOW + timedelta(hours=1))
    assert later.outcome is Outcome.OPENED
    assert receive(post, eml(verified=False)).outcome is Outcome.OPENED, "nobody uses up another's share"


def test_mails_without_words_are_named(post: Post) -> None:
    empty = receive(post, eml(" ", {"Message-ID": "<empty@x.org>"}, subject=""))
    assert empty.ticket_id
    assert post.tickets.texts[empty.ticket_id] == [NO_SUBJECT]
    received = receive(post, eml("Hello", {"Subject": None}))
    assert received.ticket_id
    assert post.tickets.threads[received.ticket_id].subject == NO_SUBJECT
    only_subject = receive(post, answered("", message_id="<s@x.org>"))
    assert only_subject.ticket_id
    assert post.tickets.texts[only_subject.ticket_id] == [NO_SUBJECT]


def test_files_are_attached_and_those_that_are_refused_named_with_the_reason(post: Post) -> None:
    files = [("a.pdf", "application/pdf", b"%PDF-1"), ("b.exe", "application/octet-stream", b"MZ")]
    files += [(f"{number}.pdf", "application/pdf", b"%PDF-") for number in range(10)]
    ticket_id = receive(post, eml_with_files(*files)).ticket_id
    assert ticket_id
    assert [post.files.kept[each].name for each in post.tickets.attachments[ticket_id]] == [
        "a.pdf",
        *(f"{number}.pdf" for number in range(8)),
    ]
    assert post.tickets.texts[ticket_id] == [
        "See the files.\n\n[Missing from this mail: b.exe (not a kind of file that we take), "
        "2 more files (10 are kept of a mail). Its sender gets a mail that says so.]"
    ]


def test_file_without_a_word_opens_a_ticket_too(post: Post) -> None:
    pdf = eml(headers={"Content-Type": "application/pdf", "Subject": None}, text="%PDF-1")
    ticket_id = receive(post, pdf).ticket_id
    assert ticket_id
    assert (post.tickets.texts[ticket_id], len(post.tickets.attachments[ticket_id])) == ([NO_SUBJECT], 1)


def test_files_of_a_repetition_after_a_crash_are_the_same(post: Post) -> None:
    mail = eml_with_files(("a.pdf", "application/pdf", b"%PDF-1"))
    receive(post, mail)
    post.letters.letters.clear()
    receive(post, mail)
    assert len(post.files.kept) == 1


def test_unreadable_mail_is_refused_with_the_reason(post: Post) -> None:
    assert receive(post, b"junk") == Received(Outcome.REFUSED, reason="without a body")
    assert not post.letters.counts
