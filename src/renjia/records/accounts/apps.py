from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "renjia.records.accounts"
    label = "accounts"
    verbose_name = "账号与授权"
    default_auto_field = "django.db.models.BigAutoField"
