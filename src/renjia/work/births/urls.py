from django.urls import path

from renjia.work.births import (
    apart_views,
    behind,
    case_views,
    expected_views,
    link_audit_views,
    missed_views,
    review_views,
    views,
)

app_name = "births"
urlpatterns = [
    path("cases/", views.cases, name="cases"),
    path("cases/<str:no>/", case_views.case, name="case"),
    path("cases/<str:no>/looks/", case_views.looks, name="looks"),
    path("cases/<str:no>/apart/", apart_views.apart, name="apart"),
    path("cases/<str:no>/reveal/", case_views.reveal, name="reveal"),
    path("behind/<str:id>/", behind.behind, name="behind"),
    path("verifications/", views.verifications, name="verifications"),
    path("verifications/<uuid:pk>/", case_views.verification, name="verification"),
    path("verifications/<uuid:pk>/undo/", case_views.undo, name="undo"),
    path("verifications/<uuid:pk>/second-look/", case_views.second_look, name="second_look"),
    path("verifications/<uuid:pk>/offer/", case_views.offer, name="offer"),
    path("verifications/<uuid:pk>/transfer/", case_views.transfer, name="transfer"),
    path("verifications/<uuid:pk>/escalate/", case_views.escalate, name="escalate"),
    path("missed/", missed_views.missed, name="missed"),
    path("expected/", expected_views.expected, name="expected"),
    path("expected/<str:code>/", expected_views.expected_street, name="expected_street"),
    path("audits/", link_audit_views.audits, name="audits"),
    path("audits/links/<uuid:pk>/", link_audit_views.audited, name="audited"),
    path("reviews/", review_views.reviews, name="reviews"),
    path("reviews/<uuid:pk>/", review_views.review, name="review"),
]
