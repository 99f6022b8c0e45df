-- 居住 — 一行一个当日有居住记录的人
WITH ordered AS (
  SELECT r.person, r.place, r."from",
    row_number() OVER (PARTITION BY r.person ORDER BY r."from" DESC NULLS LAST, r.place) AS nth
  FROM residence r CROSS JOIN asked q
  WHERE (r."from" IS NULL OR r."from" <= q.today) AND (r."to" IS NULL OR r."to" >= q.today))
SELECT
  person AS id,                                        -- 本人
  place,                                               -- 居住地
  "from" AS since                                      -- 居住起始日，空为不详
FROM ordered WHERE nth = 1
