from tests.local.payments.conftest import stand_in

__all__ = ["stand_in"]
