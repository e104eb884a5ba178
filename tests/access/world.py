"""What the requests of the matrix need on a platform: people, and things that they may use up."""

import json
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import requests

from knowledge_base.suggestions.adapters.records import OfferRecord
from knowledge_base.suggestions.domain.suggesting import Offer
from tests.access.people import COMMERCE, COMMUNICATIONS, HELP_DESK, PERSONALIZATION, People, unique
from tests.e2e.clients import Api, eventually
from tests.knowledge_base.suggestions.fakes import a_passage


class World(People):
    """Made once for all rows. What is cached is only read, or may be changed again and again."""

    # --- Messages

    def message(self) -> dict[str, Any]:
        """From the supporter to a member of staff, whom it has reached."""
        wanted = {"to": [self.id_of("staff")], "content": "Good morning."}
        message = self.done(COMMUNICATIONS, "POST", "/messages", wanted, "supporter")
        path = f"/conversations/{message['conversationId']}/messages"
        received = self.api(COMMUNICATIONS, "staff")
        eventually(lambda: message["messageId"] in received.get(path).text)
        return dict(message)

    @cached_property
    def conversation_id(self) -> str:
        """Of the supporter and a member of staff."""
        return str(self.message()["conversationId"])

    def report(self) -> str:
        """The id of an open report of that conversation."""
        reason = {"reason": unique()}
        self.done(COMMUNICATIONS, "POST", f"/conversations/{self.conversation_id}/reports", reason, "supporter")
        eventually(lambda: self._reports(reason["reason"]))
        [report] = self._reports(reason["reason"])
        return str(report["reportId"])

    def _reports(self, reason: str) -> list[dict[str, Any]]:
        found = self.done(COMMUNICATIONS, "GET", "/reports?limit=100")["items"]
        return [report for report in found if report["reason"] == reason]

    # --- Suggested replies

    @cached_property
    def suggestion_id(self) -> str:
        """For the supporter's ticket, whatever documents there are."""
        passage = a_passage()
        offer = Offer(self.ticket_id, unique(), (passage,), datetime.now(UTC))
        [table] = [name for name in self._platform.tables if "SuggestionsTable" in name]
        self._platform.aws("dynamodb").put_item(TableName=table, Item=OfferRecord.of(offer).serialize())
        return passage.passage_id

    @cached_property
    def reply_run_id(self) -> str:
        """Of staff, to the supporter's ticket, at its end."""
        path = f"/tickets/{self.ticket_id}/runs"
        started = self.done(HELP_DESK, "POST", path, caller="staff")
        self._ended(f"{path}/{started['runId']}", HELP_DESK, "staff")
        return str(started["runId"])

    # --- Tickets

    @cached_property
    def ticket_id(self) -> str:
        """The supporter's."""
        return self.new_ticket()

    def new_ticket(self, **more: object) -> str:
        ticket = {"subject": "Where is my receipt?", "body": "I gave on Friday.", "channel": "web", **more}
        return str(self.done(HELP_DESK, "POST", "/tickets", ticket, "supporter")["ticketId"])

    @cached_property
    def solved_ticket_id(self) -> str:
        ticket_id = self.new_ticket()
        self.done(HELP_DESK, "PATCH", f"/tickets/{ticket_id}", {"version": 1, "status": "solved"})
        return ticket_id

    @cached_property
    def attachment(self) -> dict[str, str]:
        """On a ticket of the supporter, and accepted."""
        wanted = {"name": "receipt.txt", "contentType": "text/plain", "size": 100}
        offer = self.done(HELP_DESK, "POST", "/attachments", wanted, "supporter")
        form = offer["upload"]
        assert requests.post(form["url"], form["fields"], files={"file": b"Thank you."}, timeout=10).ok
        ticket_id = self.new_ticket(attachments=[offer["attachmentId"]])

        def is_accepted() -> bool:
            ticket = self.done(HELP_DESK, "GET", f"/tickets/{ticket_id}")
            return bool(ticket["attachments"][0]["state"] == "accepted")

        eventually(is_accepted)
        return {"ticketId": ticket_id, "attachmentId": offer["attachmentId"]}

    def canned_reply(self) -> str:
        wanted = {"title": "Receipts", "text": "Dear {{customerName}}"}
        return str(self.done(HELP_DESK, "POST", "/canned-replies", wanted)["cannedReplyId"])

    # --- Notifications

    @cached_property
    def notification_id(self) -> str:
        """The supporter's."""
        gift = {"userId": self.supporter_id, "amount": {"amount": 500, "currency": "GBP"}}
        self.done(PERSONALIZATION, "POST", "/donations", gift)

        def listed() -> list[dict[str, str]]:
            page = self.done(COMMUNICATIONS, "GET", "/notifications", caller="supporter")
            return [each for each in page["items"] if each["type"] == "donation-received"]

        eventually(listed)
        return listed()[0]["notificationId"]

    @cached_property
    def broadcast_id(self) -> str:
        """To nobody: no one has the interest."""
        wanted = {"title": "News", "content": "News.", "channels": ["email"], "segment": {"interest": unique()}}
        return str(self.done(COMMUNICATIONS, "POST", "/broadcasts", wanted)["broadcastId"])

    # --- Projects

    @cached_property
    def project(self) -> str:
        """Its id; with a prompt of two versions, and a case."""
        project_id = self.new_project()
        prompt = self.done(PERSONALIZATION, "POST", f"/api/projects/{project_id}/prompts", PROMPT)
        saved = {"version": 1, "content": "Summarize, in one sentence."}
        self.done(PERSONALIZATION, "PUT", f"/api/projects/{project_id}/prompts/{prompt['promptId']}", saved)
        self.done(PERSONALIZATION, "POST", f"/api/projects/{project_id}/cases", CASE)
        return project_id

    def new_project(self) -> str:
        """An admin has made it, and let in the supporter as owner, an editor and a viewer."""
        made = self.done(PERSONALIZATION, "POST", "/api/projects", {"name": "Access"})
        for caller, role in (("supporter", "owner"), ("editor", "editor"), ("viewer", "viewer")):
            member = {"userId": self.id_of(caller), "role": role}
            self.done(PERSONALIZATION, "POST", f"/api/projects/{made['projectId']}/members", member)
        return str(made["projectId"])

    @property
    def project_path(self) -> dict[str, str]:
        return {"projectId": self.project}

    def in_project(self, method: str, path: str, json: object = None, caller: str = "admin") -> Any:
        return self.done(PERSONALIZATION, method, f"/api/projects/{self.project}{path}", json, caller)

    @cached_property
    def prompt_id(self) -> str:
        return str(self.in_project("GET", "/prompts")["items"][0]["promptId"])

    @property
    def prompt_path(self) -> dict[str, str]:
        return self.project_path | {"promptId": self.prompt_id}

    @cached_property
    def case_id(self) -> str:
        return str(self.in_project("GET", "/cases")["items"][0]["caseId"])

    @cached_property
    def article_run(self) -> dict[str, str]:
        """Of the supporter, at its end."""
        started = self.in_project("POST", "/runs", {"article": "An article.", "sessionId": unique()}, "supporter")
        self._ended(f"/api/projects/{self.project}/runs/{started['runId']}")
        return {"runId": str(started["runId"]), "sessionId": str(started["sessionId"])}

    @cached_property
    def agent_run_id(self) -> str:
        """Of the supporter, at its end."""
        question = {"userId": self.supporter_id, "input": "How can I help?", "sessionId": unique()}
        started = self.done(PERSONALIZATION, "POST", "/agent/runs", question, "supporter")
        self._ended(f"/agent/runs/{started['runId']}")
        return str(started["runId"])

    def _ended(self, run: str, context: str = PERSONALIZATION, caller: str = "supporter") -> None:
        """Its stream would last as long as it does."""
        eventually(lambda: self.done(context, "GET", run, caller=caller)["status"] == "done")

    @cached_property
    def evaluation_id(self) -> str:
        return str(self.in_project("POST", "/evaluations", {})["evaluationId"])

    # --- The shop

    @cached_property
    def product_id(self) -> str:
        """On sale."""
        page = self.done(COMMERCE, "GET", "/products?limit=100", caller="guest")
        return str(
            next(product["productId"] for product in page["items"] if product["kind"] == "goods" and product["stock"])
        )

    @cached_property
    def draft_id(self) -> str:
        """Nobody but admins sees it."""
        return str(self.done(COMMERCE, "POST", "/products", DRAFT)["productId"])

    @cached_property
    def webhook_secret(self) -> str:
        """What the payment provider signs with."""
        return str(json.loads(self.secret("StripeKey"))["webhookSecret"])

    def secret(self, name: str) -> str:
        """Of which the templates say so."""
        manager = self._platform.aws("secretsmanager")
        [secret] = manager.list_secrets(Filters=[{"Key": "name", "Values": [name]}])["SecretList"]
        return str(manager.get_secret_value(SecretId=secret["ARN"])["SecretString"])

    def proposal(self) -> dict[str, Any]:
        """To cancel an order of the supporter's."""
        self.new_order()
        question = {"input": "I want to cancel my order.", "sessionId": unique()}
        started = self.done(COMMERCE, "POST", "/support/runs", question, "supporter")
        self._ended(f"/support/runs/{started['runId']}", COMMERCE)
        path = f"/support/sessions/{started['sessionId']}/messages"
        [proposal] = self.done(COMMERCE, "GET", path, caller="supporter")["items"][0]["proposals"]
        return dict(proposal)

    @cached_property
    def support_run(self) -> dict[str, str]:
        """Of the supporter, at its end."""
        question = {"input": "What does delivery cost?", "sessionId": unique()}
        started = self.done(COMMERCE, "POST", "/support/runs", question, "supporter")
        self._ended(f"/support/runs/{started['runId']}", COMMERCE)
        return {"runId": str(started["runId"]), "sessionId": str(started["sessionId"])}

    @cached_property
    def donation_item_id(self) -> str:
        """On sale."""
        page = self.done(COMMERCE, "GET", "/search?q=donation", caller="guest")
        return str(next(product["productId"] for product in page["items"] if product["kind"] == "donation"))

    def no_checkout_is_under_way(self, caller: str) -> None:
        """The caller's cart is empty then, which is what an attempt to buy it hears first once nothing is under way."""
        self.done(COMMERCE, "DELETE", "/cart", caller=caller)
        wanted, api = {"paymentMethodId": "pm_card_visa"}, self.api(COMMERCE, caller)
        eventually(lambda: self._attempted(api, wanted) == 422)

    def _attempted(self, api: Api, wanted: object) -> int:
        return api("POST", "/checkout", json=wanted, headers={"Idempotency-Key": unique()}).status_code

    @cached_property
    def declined_checkout_id(self) -> str:
        """The supporter's."""
        self.no_checkout_is_under_way("supporter")
        self.done(COMMERCE, "PUT", f"/cart/items/{self.donation_item_id}", {"quantity": 1}, "supporter")
        wanted = {"paymentMethodId": "pm_card_visa_chargeDeclined"}
        begun = self.done(COMMERCE, "POST", "/checkout", wanted, "supporter")
        path = f"/checkout/{begun['checkoutId']}"
        eventually(lambda: self.done(COMMERCE, "GET", path, caller="supporter")["status"] == "declined")
        return str(begun["checkoutId"])

    @cached_property
    def order_id(self) -> str:
        """The supporter's."""
        return self.new_order()

    @cached_property
    def cancelled_order_id(self) -> str:
        """The supporter's, of which nothing is left to refund."""
        order_id = self.new_order()
        self.done(COMMERCE, "POST", f"/orders/{order_id}/cancel", caller="supporter")
        return order_id

    def new_order(self) -> str:
        """The supporter has bought something that has to be sent."""
        product_id = self.done(COMMERCE, "POST", "/products", DRAFT | {"status": "active"})["productId"]
        self.no_checkout_is_under_way("supporter")
        self.done(COMMERCE, "PUT", f"/cart/items/{product_id}", {"quantity": 1}, "supporter")
        wanted = {"paymentMethodId": "pm_card_visa", "delivery": ADDRESS}
        begun = self.done(COMMERCE, "POST", "/checkout", wanted, "supporter")
        path = f"/checkout/{begun['checkoutId']}"
        eventually(lambda: self.done(COMMERCE, "GET", path, caller="supporter")["status"] == "completed")
        return str(self.done(COMMERCE, "GET", path, caller="supporter")["orderId"])

    def new_document(self, wanted: object) -> str:
        """For the help desk, listed."""
        offered = self.done(HELP_DESK, "POST", "/kb/documents", wanted)
        form = offered["upload"]
        requests.post(form["url"], form["fields"], files={"file": b"We help."}, timeout=10).raise_for_status()
        document_id = str(offered["documentId"])

        def is_listed() -> bool:
            items = self.done(HELP_DESK, "GET", "/kb/documents")["items"]
            return any(document["documentId"] == document_id for document in items)

        eventually(is_listed)
        return document_id

    def guest_cart(self) -> dict[str, str]:
        """The header that names a guest's new cart."""
        return {"X-Cart-Id": str(self.done(COMMERCE, "POST", "/guest-carts", caller="guest")["cartId"])}


PROMPT = {"title": "Summary", "content": "Summarize."}
CASE = {"name": "Short", "article": "An article.", "checks": [{"kind": "max-length", "characters": 10_000}]}
ADDRESS = {"name": "Rosa Martínez", "line1": "1 High Street", "city": "Leeds", "postcode": "LS1 4DY", "country": "GB"}
DRAFT = {
    "name": "A draft",
    "description": "Not for sale yet.",
    "category": "Drafts",
    "price": {"amount": 500, "currency": "GBP"},
    "stock": 1,
    "status": "draft",
}
