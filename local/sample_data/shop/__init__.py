"""Five hundred products of a charity shop: made of hand-written words and drawn by code, the same every time."""
