"""The composition root of records."""

from knowledge_base.customers.wiring import customer_facts, deployment, schema

__all__ = ["customer_facts", "deployment", "schema"]
