"""The sentence encoder all-MiniLM-L6-v2, with numpy alone. Its weights are packages of an optional group."""
