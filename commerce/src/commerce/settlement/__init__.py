"""Settlement: what the payment provider reports, and checkouts that somebody has to look after."""
