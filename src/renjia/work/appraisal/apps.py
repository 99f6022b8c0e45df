from django.apps import AppConfig


class AppraisalConfig(AppConfig):
    name = "renjia.work.appraisal"
    label = "appraisal"
    verbose_name = "年度考核"
    default_auto_field = "django.db.models.BigAutoField"
