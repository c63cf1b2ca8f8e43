"""Pages of the register."""

from django.urls import path

from townwright.apps.parties.pages import firms, merges, party_file, people, register

urls = [
    path("firms/", firms.firm_list, name="firm-list"),
    path("firms/<path:key>/", party_file.firm_file, name="firm-file"),
    path("parties/new/", register.register_body, name="register-party"),
    path("parties/<path:key>/edit/", register.edit, name="edit-party"),
    path("parties/<path:key>/do/<slug:verb>/", party_file.act, name="party-act"),
    path("people/", people.people, name="people"),
    path("people/new/", register.register_person, name="register-person"),
    path("codes/<int:identifier>/accept/", party_file.accept_code, name="accept-code"),
    path("merges/", merges.merges, name="merges"),
]
