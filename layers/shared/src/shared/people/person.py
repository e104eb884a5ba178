"""Somebody with a name and an address."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    user_id: str
    name: str
    email: str
