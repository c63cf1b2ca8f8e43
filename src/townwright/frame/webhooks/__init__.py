"""Telling addresses outside of events: signed, tried again, given up visibly. See docs/reference/webhooks.md."""

from townwright.frame.webhooks.posting import Postman, start_postman
from townwright.frame.webhooks.subscriptions import (
    TEST,
    UnableToManageWebhook,
    UnknownWebhook,
    add_webhook,
    known_events,
    messages,
    remove_webhook,
    retry_message,
    switch_webhook,
    try_webhook,
    webhook,
    webhooks,
)

__all__ = [
    "TEST", "Postman", "UnableToManageWebhook", "UnknownWebhook", "add_webhook", "known_events", "messages", "remove_webhook", "retry_message",
    "start_postman", "switch_webhook", "try_webhook", "webhook", "webhooks",
]  # fmt: skip
