-- 出生 — 一行一个在册孩子，按出生月份
WITH district AS (SELECT min(code) AS code FROM place WHERE level = 'district'),
placed AS (
  SELECT c."case", c.born, c.sex, c."order", c.outcome, c.neighbourhood,
    coalesce(d.code, '') AS district, coalesce(c.street, d.code || '000') AS street
  FROM birth_case c CROSS JOIN district d
  WHERE c.known_to IS NULL)
SELECT
  "case",                                                  -- 个案键
  district,                                                -- 区
  street,                                                  -- 街镇；住址不明或在区外的记在区本级（区代码加000）
  coalesce(neighbourhood, street || '000') AS neighbourhood, -- 居村；只知街镇的记在街镇本级（街镇代码加000）
  strftime(born, '%Y-%m') AS month,                        -- 出生月份；出生日期未定的为空，不入任何月份
  sex,                                                     -- 性别（1男 2女，空为不详）
  CAST("order" AS VARCHAR) AS parity,                      -- 孩次，空为不详
  coalesce(outcome, 'live') = 'live' AS live               -- 是否活产
FROM placed
