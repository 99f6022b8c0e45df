from django.db import migrations

from renjia.records.store.policies import guard, record_changes

PURPOSE = "(select app_purpose()) = 'birth_verification'"
DISTRICT = "(select app_role()) = 'district_monitor'"
STREET = "(select app_role()) = 'street_monitor'"
NEIGHBOURHOOD = "(select app_role()) = 'neighbourhood_worker'"
HERE = "place ^@ any ((select app_places())::text[])"

# A worker sees what is open in the own neighbourhood, and for a day what he or she has just done (to look again, to undo).
VERIFICATION = f"""{PURPOSE} and (
    ({DISTRICT} and {HERE} and (length(place) = 6 or escalated))
    or ({STREET} and ({HERE} or (offered_to <> '' and offered_to ^@ any ((select app_places())::text[]))))
    or ({NEIGHBOURHOOD} and {HERE} and cleared is null
        and (result = '' or (done_account = (select app_account()) and done_at > now() - interval '1 day')))
)"""
CASE = f"""{PURPOSE} and (
    ({DISTRICT} and {HERE} and (state = 'in_review' or escalated or length(place) = 6))
    or ({STREET} and {HERE})
    or exists (select 1 from births_verification v where v.case_id = births_birthcase.id)
)"""
OF_A_SEEN_CASE = "exists (select 1 from births_birthcase c where c.id = case_id)"
OF_SEEN_RECORDS = """exists (select 1 from births_caserecord r where r.record_id = a_id)
    and exists (select 1 from births_caserecord r where r.record_id = b_id)"""
REVIEWER = f"{PURPOSE} and {DISTRICT}"
RECORDS_OF_CASES = """
create policy intake_sourcerecord_case on intake_sourcerecord for select using (
    exists (select 1 from births_caserecord r where r.record_id = intake_sourcerecord.id)
    or exists (select 1 from births_question q where intake_sourcerecord.id in (q.a_id, q.b_id) and not q.obsolete)
);
"""


class Migration(migrations.Migration):
    dependencies = [("births", "0001_initial"), ("intake", "0002_policies")]
    operations = [
        guard("births_verification", read=VERIFICATION),
        guard("births_birthcase", read=CASE, write="false"),
        guard("births_caserecord", read=OF_A_SEEN_CASE, write="false"),
        guard("births_evidence", read=OF_SEEN_RECORDS, write="false"),
        guard("births_caseevent", read=OF_A_SEEN_CASE),
        guard("births_question", read=REVIEWER),
        migrations.RunSQL(RECORDS_OF_CASES, "drop policy intake_sourcerecord_case on intake_sourcerecord;"),
        record_changes("births_birthcase"),
        record_changes("births_caserecord"),
        record_changes("births_question"),
        record_changes("births_verification"),
    ]
