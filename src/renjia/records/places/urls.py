from django.urls import path

from renjia.records.places import views

app_name = "places"
urlpatterns = [
    path("", views.place_list, name="list"),
    path("<str:code>/", views.street, name="street"),
]
