"""The product's addresses, and the bare view."""

from django.urls import path

from townwright.site.bench.bare import firms
from townwright.site.urls import urlpatterns as product

urlpatterns = [*product, path("bench/bare/<int:zone>/", firms, name="bench-bare")]
