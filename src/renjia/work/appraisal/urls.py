from django.urls import path

from renjia.work.appraisal import views

app_name = "appraisal"
urlpatterns = [
    path("", views.streets, name="list"),
    path("<str:code>/", views.street, name="street"),
    path("<str:code>/facts/", views.enter, name="enter"),
]
