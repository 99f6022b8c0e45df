from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "renjia.records.audit"
    label = "audit"
    verbose_name = "查阅记录"
    default_auto_field = "django.db.models.BigAutoField"
