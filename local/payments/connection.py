"""Connects the deployed shop with Stripe's stand-in, or with a real account in test mode."""

import json
import os
import secrets

from local.deployment import client, stack_outputs
from local.outputs import api_urls
from local.payments.process import PaymentControl
from local.progress import note
from local.workspace import Workspace


def connect_payments(workspace: Workspace) -> None:
    """Give the shop its keys, and tell the stand-in where webhooks go. Stripe's own come by its CLI."""
    deployed = stack_outputs(workspace)
    webhooks = f"{api_urls(workspace, deployed)['commerce']}/webhooks/stripe"
    manager, name = client("secretsmanager", workspace), deployed["CommerceStripeKey"]
    stored = json.loads(manager.get_secret_value(SecretId=name)["SecretString"])
    secret = os.environ.get("STRIPE_WEBHOOK_SECRET") or stored["webhookSecret"] or f"whsec_{secrets.token_urlsafe(24)}"
    keys = {"key": workspace.stripe_key or "sk_test_almoner", "webhookSecret": secret}
    if keys != stored:
        manager.put_secret_value(SecretId=name, SecretString=json.dumps(keys))
    if workspace.stripe_key:
        note(f"payments go to Stripe; for its webhooks: stripe listen --forward-to {webhooks}")
    else:
        PaymentControl(workspace.stripe_url, workspace.root_user.secret_access_key).send_webhooks(webhooks, secret)
