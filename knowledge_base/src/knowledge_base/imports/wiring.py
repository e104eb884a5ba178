"""The composition root of imports."""

from knowledge_base.customers.wiring import customer_facts

__all__ = ["customer_facts"]
