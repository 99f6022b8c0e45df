from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "renjia.records.places"
    label = "places"
    verbose_name = "区划与机构"
    default_auto_field = "django.db.models.BigAutoField"
