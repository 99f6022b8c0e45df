"""权限与范围函数 — must run before any table exists, so that the application role may use what the owner makes."""

from django.db import migrations

PRIVILEGES = """
alter default privileges in schema public grant select, insert, update, delete on tables to app_rw;
alter default privileges in schema public grant usage, select on sequences to app_rw;
grant usage on schema public to app_rw;
grant select on all tables in schema public to app_rw;
"""

FUNCTIONS = """
create function app_setting(name text) returns text language sql stable parallel safe
  as $$ select nullif(current_setting('app.' || name, true), '') $$;
create function app_all() returns boolean language sql stable parallel safe
  as $$ select coalesce(app_setting('all') = 'on', false) $$;
create function app_role() returns text language sql stable parallel safe as $$ select app_setting('role') $$;
create function app_purpose() returns text language sql stable parallel safe as $$ select app_setting('purpose') $$;
create function app_account() returns text language sql stable parallel safe as $$ select app_setting('account') $$;
create function app_institution() returns text language sql stable parallel safe
  as $$ select app_setting('institution') $$;
create function app_subject() returns text language sql stable parallel safe as $$ select app_setting('subject') $$;
create function app_places() returns text[] language sql stable parallel safe
  as $$ select coalesce(string_to_array(app_setting('places'), ','), '{}') $$;
create function app_reaches(code text) returns boolean language sql stable parallel safe
  as $$ select code ^@ any (app_places()) $$;
"""


class Migration(migrations.Migration):
    initial = True
    run_before = [
        (app, "0001_initial")
        for app in (
            "contenttypes",
            "sessions",
            "axes",
            "procrastinate",
            "audit",
            "places",
            "tasks",
            "reports",
            "appraisal",
        )
    ]
    dependencies = []
    operations = [
        migrations.RunSQL(PRIVILEGES, migrations.RunSQL.noop),
        migrations.RunSQL(
            FUNCTIONS,
            "drop function app_reaches(text), app_places(), app_subject(), app_institution(), app_account(), "
            "app_purpose(), app_role(), app_all(), app_setting(text);",
        ),
    ]
