"""The support chat: what customers ask about the shop, its products and their orders, answered live."""
