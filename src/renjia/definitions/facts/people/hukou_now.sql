-- 户籍 — 一行一个有户籍记录的人：当日所在、从何时起连续在此、迁自何处、农业身份，截至当日
WITH spans AS (
  SELECT h.person, h.place, h.kind, h.basis, coalesce(h."from", DATE '1900-01-01') AS since, h."from" AS entered,
    coalesce(h."to" < q.today, FALSE) AS over, h."to",
    CASE WHEN substr(h.place, 3, 4) = '0000' THEN left(h.place, 2) ELSE left(h.place, 6) END AS district, left(h.place, 2) AS province
  FROM hukou h CROSS JOIN asked q WHERE h."from" IS NULL OR h."from" <= q.today),
counts AS (SELECT person, count(*) AS n FROM spans GROUP BY person),
ordered AS (
  SELECT s.person, s.place, s.kind, s.basis, s.since, s.entered, s.over, s."to", s.district, s.province, 1 AS nth,
    CAST(NULL AS VARCHAR) AS before_district, CAST(NULL AS VARCHAR) AS before_province, CAST(NULL AS VARCHAR) AS before_place
  FROM spans s JOIN counts c ON c.person = s.person WHERE c.n = 1
  UNION ALL
  SELECT s.person, s.place, s.kind, s.basis, s.since, s.entered, s.over, s."to", s.district, s.province,
    row_number() OVER (PARTITION BY s.person ORDER BY s.since DESC, s.over, s."to" DESC NULLS FIRST, s.place, s.kind),
    lag(s.district) OVER (PARTITION BY s.person ORDER BY s.since, s.over DESC, s."to" NULLS LAST, s.place, s.kind),
    lag(s.province) OVER (PARTITION BY s.person ORDER BY s.since, s.over DESC, s."to" NULLS LAST, s.place, s.kind),
    lag(s.place) OVER (PARTITION BY s.person ORDER BY s.since, s.over DESC, s."to" NULLS LAST, s.place, s.kind)
  FROM spans s JOIN counts c ON c.person = s.person WHERE c.n > 1),
history AS (
  SELECT person,
    max(since) FILTER (WHERE before_district IS NULL OR before_district <> district) AS district_since,
    max(since) FILTER (WHERE before_province IS NULL OR before_province <> province) AS province_since,
    max(since) FILTER (WHERE before_district <> district) AS left_district_on, bool_or(kind = 'rural') AS ever_rural
  FROM ordered WHERE before_place IS NOT NULL OR nth > 1 GROUP BY person),
stays AS (
  SELECT person, max(since) FILTER (WHERE of_district AND nth_district = 2) AS district_before,
    max(since) FILTER (WHERE of_province AND nth_province = 2) AS province_before
  FROM (
    SELECT person, since, of_district, of_province,
      row_number() OVER (PARTITION BY person, of_district ORDER BY since DESC) AS nth_district,
      row_number() OVER (PARTITION BY person, of_province ORDER BY since DESC) AS nth_province
    FROM (
      SELECT person, since, before_district IS NULL OR before_district <> district AS of_district,
        before_province IS NULL OR before_province <> province AS of_province
      FROM ordered WHERE before_place IS NOT NULL OR nth > 1) moves) numbered
  GROUP BY person)
SELECT
  o.person AS id,                                      -- 本人
  CASE WHEN NOT o.over THEN o.place END AS place,      -- 当日户籍地，空为已注销或不详
  CASE WHEN o.over THEN '-' WHEN right(o.place, 10) = '0000000000' THEN left(o.place, 2)
    WHEN substr(o.place, 3, 4) = '0000' THEN left(o.place, 2) WHEN substr(o.place, 5, 2) = '00' THEN left(o.place, 4)
    WHEN length(o.place) = 12 AND right(o.place, 6) = '000000' THEN left(o.place, 6)
    WHEN length(o.place) = 12 AND right(o.place, 3) = '000' THEN left(o.place, 9) ELSE o.place END AS prefix, -- 户籍地代码去掉末尾补零（写得粗时只到省、市）
  o.kind,                                              -- 户口性质（rural 农业、urban 非农业、resident 居民）
  o.basis,                                             -- 依据（born 出生、land 征地、reform 户改、moved 自行迁移）
  o.entered,                                           -- 当日这条户籍的起始日
  nullif(coalesce(h.district_since, o.since), DATE '1900-01-01') AS district_since, -- 连续在本区县的起始日，空为一直或不详
  nullif(coalesce(h.province_since, o.since), DATE '1900-01-01') AS province_since, -- 连续在本省市的起始日，空为一直或不详
  CASE WHEN o.over THEN o.place ELSE p.before_place END AS left_place, -- 迁出（或注销）前的户籍地
  CASE WHEN o.over THEN add_days(o."to", 1) ELSE h.left_district_on END AS left_on, -- 最近一次迁离上一区县（或注销）之日
  nullif(CASE WHEN o.over THEN coalesce(h.district_since, o.since) ELSE s.district_before END, DATE '1900-01-01') AS left_district_since, -- 在上一区县连续居籍的起始日，空为一直或不详
  nullif(CASE WHEN o.over THEN coalesce(h.province_since, o.since) ELSE s.province_before END, DATE '1900-01-01') AS left_province_since, -- 在上一省市连续居籍的起始日，空为一直或不详
  CASE WHEN o.over THEN FALSE
    WHEN o.kind = 'rural' THEN TRUE
    WHEN o.kind IS NULL THEN NULL
    WHEN coalesce(o.basis, '') = 'moved' THEN FALSE
    WHEN o.basis IN ('land', 'reform') THEN NULL
    WHEN coalesce(h.ever_rural, FALSE) THEN NULL
    WHEN o.kind = 'urban' THEN FALSE END AS rural      -- 是否农业户口或界定为农村居民户口；征地、户改转的看界定文件，空为待定
FROM ordered o LEFT JOIN history h ON h.person = o.person
LEFT JOIN stays s ON s.person = o.person
LEFT JOIN ordered p ON p.person = o.person AND p.since = h.left_district_on AND p.before_district <> p.district
WHERE o.nth = 1
