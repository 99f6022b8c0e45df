from django.urls import path

from renjia.records.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.account_list, name="list"),
    path("grants/<uuid:pk>/revoke/", views.revoke, name="revoke"),
]
