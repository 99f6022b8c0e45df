from django.urls import path

from renjia.records.intake import views

app_name = "intake"
urlpatterns = [
    path("", views.batch_list, name="list"),
    path("upload/", views.upload, name="upload"),
    path("batches/<uuid:pk>/", views.batch, name="batch"),
    path("batches/<uuid:pk>/accept/", views.accept, name="accept"),
    path("batches/<uuid:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("batches/<uuid:pk>/choose/", views.choose, name="map"),
    path("batches/<uuid:pk>/returned/", views.returned, name="returned"),
]
