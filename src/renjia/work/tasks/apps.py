from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "renjia.work.tasks"
    label = "tasks"
    verbose_name = "作业与待办"
    default_auto_field = "django.db.models.BigAutoField"
