"""A stand-in for Stripe's API, for one machine: payments, refunds, disputes, balance, and signed webhooks."""
