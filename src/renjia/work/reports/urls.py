from django.urls import path

from renjia.work.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.bulletins, name="list"),
    path("<str:month>/", views.bulletin, name="one"),
    path("<str:month>/close/", views.close, name="close"),
    path("<str:month>/bulletin.<str:kind>", views.paper, name="paper"),
]
