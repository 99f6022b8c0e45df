-- 出生上报 — 一行一条归入个案的来源记录，按到达批次的月份
WITH district AS (SELECT min(code) AS code FROM place WHERE level = 'district'),
placed AS (
  SELECT r."case", r.feed, r.institution, r.reported, r.arrived, r.due_days, c.neighbourhood,
    coalesce(c.born, r.born) AS born, coalesce(c.outcome, 'live') = 'live' AS live,
    coalesce(d.code, '') AS district, coalesce(c.street, r.street, d.code || '000') AS street
  FROM birth_report r CROSS JOIN district d
  LEFT JOIN birth_case c ON c."case" = r."case" AND c.known_to IS NULL
  WHERE r.known_to IS NULL)
SELECT
  "case",                                                  -- 个案键
  district,                                                -- 区
  street,                                                  -- 街镇；住址不明或在区外的记在区本级（区代码加000）
  coalesce(neighbourhood, street || '000') AS neighbourhood, -- 居村；只知街镇的记在街镇本级（街镇代码加000）
  arrived AS month,                                        -- 到达批次的月份
  feed AS source,                                          -- 来源
  institution,                                             -- 上报机构，空为不详
  live,                                                    -- 是否活产的上报
  row_number() OVER (PARTITION BY "case", feed
    ORDER BY arrived, reported, institution, due_days) > 1 AS repeated, -- 是否同一来源对同一孩子的再次上报
  row_number() OVER (PARTITION BY "case"
    ORDER BY arrived, feed, reported, institution, due_days) = 1 AS opening, -- 是否使该孩子首次入库的一条
  due_days IS NOT NULL AS has_term,                        -- 该来源是否设有上报期限
  coalesce(reported <= add_days(born, due_days), FALSE) AS in_time -- 是否在出生后期限内上报；缺日期的不算及时
FROM placed
