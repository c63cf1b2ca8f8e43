"""Pages of the frame."""

from django.urls import path

from townwright.frame.pages import audit, views

urls = [
    path("audit/", audit.audit, name="audit"),
    path("views/<str:listing>/keep/", views.keep, name="keep-view"),
    path("views/<int:pk>/forget/", views.forget, name="forget-view"),
]
