"""The local inbox: what the platform has sent by mail, SMS and push, on one page."""
