from django.apps import AppConfig


class BirthsConfig(AppConfig):
    name = "renjia.work.births"
    label = "births"
    verbose_name = "出生监测"
    default_auto_field = "django.db.models.BigAutoField"
