"""Gift Aid: what the charity may claim on gifts that the shop's orders have paid."""
