from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "renjia.records.store"
    label = "store"
    verbose_name = "存储"
    default_auto_field = "django.db.models.BigAutoField"
