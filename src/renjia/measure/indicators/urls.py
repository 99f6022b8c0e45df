from django.urls import path

from renjia.measure.indicators import views

app_name = "indicators"
urlpatterns = [
    path("", views.indicators, name="list"),
    path("<str:id>/", views.indicator, name="one"),
    path("<str:id>/rows/", views.rows, name="rows"),
]
