from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "renjia.records.intake"
    label = "intake"
    verbose_name = "收件"
    default_auto_field = "django.db.models.BigAutoField"
