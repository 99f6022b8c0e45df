-- 字段一致 — 一行一个个案的一个字段，按个案首次到达的月份
WITH district AS (SELECT min(code) AS code FROM place WHERE level = 'district'),
placed AS (
  SELECT a."case", a.period, a.field, a.sources, a.agree, c.neighbourhood,
    coalesce(d.code, '') AS district, coalesce(c.street, a.street, d.code || '000') AS street
  FROM birth_agreement a CROSS JOIN district d
  LEFT JOIN birth_case c ON c."case" = a."case" AND c.known_to IS NULL
  WHERE a.known_to IS NULL)
SELECT
  "case",                                                  -- 个案键
  district,                                                -- 区
  street,                                                  -- 街镇；住址不明或在区外的记在区本级（区代码加000）
  coalesce(neighbourhood, street || '000') AS neighbourhood, -- 居村；只知街镇的记在街镇本级（街镇代码加000）
  period AS month,                                         -- 个案首次到达的月份
  field,                                                   -- 字段
  coalesce(sources, 0) >= 2 AS comparable,                 -- 是否有两个以上来源写了这个字段
  coalesce(agree, FALSE) AS agree                          -- 各来源所写是否一致
FROM placed
