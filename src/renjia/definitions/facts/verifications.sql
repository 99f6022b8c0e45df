-- 核实 — 一行一件下发且未撤下的核实，按下发所属的批次月份
WITH district AS (SELECT min(code) AS code FROM place WHERE level = 'district'),
placed AS (
  SELECT v."case", v.period, v.result, v.due, v.verified, v.neighbourhood,
    coalesce(d.code, '') AS district, coalesce(v.street, d.code || '000') AS street
  FROM birth_verification v CROSS JOIN district d
  WHERE v.known_to IS NULL)
SELECT
  "case",                                                  -- 个案键
  district,                                                -- 区
  street,                                                  -- 承办街镇；由区承办的记在区本级（区代码加000）
  coalesce(neighbourhood, street || '000') AS neighbourhood, -- 承办居村；由街镇承办的记在街镇本级（街镇代码加000）
  period AS month,                                         -- 批次月份
  result,                                                  -- 结果（confirmed 已核实、corrected 已更正、unverifiable 无法核实，空为未办结）
  result IS NOT NULL AS answered,                          -- 是否已有结果，无法核实也是结果
  result IS NOT NULL AND coalesce(verified <= due, FALSE) AS in_time, -- 是否在时限内有结果
  coalesce(result = 'unverifiable', FALSE) AS unverifiable -- 是否无法核实
FROM placed
