"""Who acts: every verb takes an actor, so that every audit entry can name one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at the web or the command line, or a named job.

    ``name`` is unique among actors ("web:li.mei", "cli:root", "job:demo") and is what two-person rules
    compare; ``label`` is what people read; ``user_id`` is set for signed-in people.
    """

    name: str
    label: str
    user_id: int | None = None

    @classmethod
    def of_user(cls, user: Any) -> Actor:
        """Return the actor of a signed-in person."""
        return cls(name=f"web:{user.get_username()}", label=user.get_full_name() or user.get_username(), user_id=user.pk)

    @classmethod
    def of_command_line(cls, login: str) -> Actor:
        """Return the actor of the person at the command line of this machine."""
        return cls(name=f"cli:{login}", label=f"{login} (command line)")

    @classmethod
    def of_job(cls, name: str) -> Actor:
        """Return the actor that stands for a named job."""
        return cls(name=f"job:{name}", label=name)
