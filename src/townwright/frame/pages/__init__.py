"""Pages of the frame."""

from django.urls import path

from townwright.frame.pages import audit

urls = [path("audit/", audit.audit, name="audit")]
