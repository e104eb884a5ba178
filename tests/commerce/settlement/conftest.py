from tests.commerce.checkout.conftest import till

__all__ = ["till"]
