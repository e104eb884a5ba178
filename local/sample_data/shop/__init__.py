"""Five hundred products of a charity shop, composed of hand-written words and drawn by code; always the same."""
