from django.db import migrations

from renjia.records.store.policies import append_only

POLICIES = """
alter table audit_access enable row level security;
alter table audit_access force row level security;
create policy audit_access_write on audit_access for insert with check (true);
create policy audit_access_read on audit_access for select using (
    (select app_role()) = 'auditor'
    or (subject <> '' and subject = (select app_subject()))
    or (account <> '' and account = (select app_account()))
);
alter table audit_change enable row level security;
alter table audit_change force row level security;
create policy audit_change_write on audit_change for insert to app_owner with check (true);
create policy audit_change_read on audit_change for select using ((select app_role()) = 'auditor');
revoke insert, update, delete on audit_change from app_rw;
"""

TRIGGER = """
create function record_change() returns trigger language plpgsql security definer
set search_path = pg_catalog, public as $f$
begin
  if tg_op = 'INSERT' then
    insert into audit_change("table", op, row, new, account, who, reason)
    select tg_table_name, 'I', coalesce(to_jsonb(n)->>'id', to_jsonb(n)->>'record_id'), to_jsonb(n), coalesce(app_setting('account'), ''),
           coalesce(app_setting('name'), ''), coalesce(app_setting('reason'), '') from new_t n;
  elsif tg_op = 'UPDATE' then
    insert into audit_change("table", op, row, old, new, account, who, reason)
    select tg_table_name, 'U', k, o.j, n.j, coalesce(app_setting('account'), ''),
           coalesce(app_setting('name'), ''), coalesce(app_setting('reason'), '')
    from (select to_jsonb(t) j, coalesce(to_jsonb(t)->>'id', to_jsonb(t)->>'record_id') k from new_t t) n
    join (select to_jsonb(t) j, coalesce(to_jsonb(t)->>'id', to_jsonb(t)->>'record_id') k from old_t t) o using (k)
    where o.j is distinct from n.j;
  else
    insert into audit_change("table", op, row, old, account, who, reason)
    select tg_table_name, 'D', coalesce(to_jsonb(o)->>'id', to_jsonb(o)->>'record_id'), to_jsonb(o), coalesce(app_setting('account'), ''),
           coalesce(app_setting('name'), ''), coalesce(app_setting('reason'), '') from old_t o;
  end if;
  return null;
end $f$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("store", "0001_privileges")]
    operations = [
        migrations.RunSQL(POLICIES, migrations.RunSQL.noop),
        append_only("audit_access"),
        migrations.RunSQL(TRIGGER, "drop function record_change();"),
    ]
