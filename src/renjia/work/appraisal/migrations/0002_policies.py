from django.db import migrations

from renjia.records.store.policies import guard, record_changes

DISTRICT = "(select app_role()) = 'district_monitor'"
STREET = "(select app_role()) = 'street_monitor'"
HERE = "place ^@ any ((select app_places())::text[])"


class Migration(migrations.Migration):
    dependencies = [("appraisal", "0001_initial"), ("audit", "0002_policies")]
    operations = [
        guard("appraisal_enteredfact", read=f"({DISTRICT} or {STREET}) and {HERE}", write=f"{DISTRICT} and {HERE}"),
        record_changes("appraisal_enteredfact"),
    ]
