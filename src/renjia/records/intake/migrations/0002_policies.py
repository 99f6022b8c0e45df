from django.db import migrations

from renjia.records.store.policies import guard, record_changes

SENDERS = """(select app_purpose()) = 'birth_verification' and (
    ((select app_role()) = 'district_monitor' and place ^@ any ((select app_places())::text[]))
    or ((select app_role()) = 'maternity_hospital' and institution <> '' and institution = (select app_institution()))
)"""
OWN_RECORDS = """(select app_purpose()) = 'birth_verification'
    and (select app_role()) = 'maternity_hospital' and institution <> '' and institution = (select app_institution())"""
OF_A_SEEN_BATCH = "exists (select 1 from intake_batch b where b.id = batch_id)"


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), ("audit", "0002_policies")]
    operations = [
        guard("intake_batch", read=SENDERS),
        guard("intake_problem", read=OF_A_SEEN_BATCH),
        guard("intake_sourcerecord", read=OWN_RECORDS, write="false"),
        record_changes("intake_batch"),
        record_changes("intake_sourcerecord", inserts=False),
    ]
