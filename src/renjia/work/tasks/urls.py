from django.urls import path

from renjia.work.tasks import views

app_name = "runs"
urlpatterns = [path("<uuid:pk>/", views.one, name="one")]
