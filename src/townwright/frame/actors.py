"""Who acts: every verb takes an actor, so that every audit entry can name one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with an account, a person known only to the operating system, or a named job.

    ``name`` says who it is and is what two-person rules compare: "web:li.mei" is the account li.mei at whatever
    door it acts, "cli:root" somebody whom only the machine knows, "job:demo" a job. ``label`` is what people read, and
    tells the door; ``user_id`` is the account.
    """

    name: str
    label: str
    user_id: int | None = None

    @classmethod
    def of_user(cls, user: Any, *, door: str = "") -> Actor:
        """Return the actor of a person with an account; ``door`` says where, if not on the pages."""
        label = user.get_full_name() or user.get_username()
        return cls(name=f"web:{user.get_username()}", label=f"{label} ({door})" if door else label, user_id=user.pk)

    @classmethod
    def of_command_line(cls, login: str) -> Actor:
        """Return the actor of somebody at the command line of this machine who has told no account."""
        return cls(name=f"cli:{login}", label=f"{login} (command line)")

    @classmethod
    def of_job(cls, name: str) -> Actor:
        """Return the actor that stands for a named job."""
        return cls(name=f"job:{name}", label=name)
