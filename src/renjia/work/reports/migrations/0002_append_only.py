from django.db import migrations

from renjia.records.store.policies import append_only


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("store", "0001_privileges")]
    operations = [append_only("reports_closing")]
