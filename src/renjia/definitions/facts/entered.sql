-- 录入合计 — 一行一个从别处录入的合计；同一数只录一级地域，不要又录街镇又录区
WITH totals AS (
  SELECT series, place, base, period, sex, age, parity, value, unit,
    substr(period, 1, 7) AS first_month, substr(period, length(period) - 6, 7) AS month
  FROM entered_totals WHERE known_to IS NULL)
SELECT
  series || ' ' || place || ' ' || period || ' ' || coalesce(base, '') || ' ' || coalesce(sex, '') || ' '
    || coalesce(CAST(age AS VARCHAR), '') || ' ' || coalesce(parity, '') AS "case", -- 合计的键
  substr(place, 1, 6) AS district,                         -- 区
  CASE WHEN length(place) >= 9 THEN substr(place, 1, 9)
    ELSE substr(place, 1, 6) || '000' END AS street,       -- 街镇；只知区的记在区本级（区代码加000）
  CASE WHEN length(place) >= 12 THEN substr(place, 1, 12)
    WHEN length(place) >= 9 THEN substr(place, 1, 9) || '000'
    ELSE substr(place, 1, 6) || '000000' END AS neighbourhood, -- 居村；只知街镇的记在街镇本级（街镇代码加000）
  month,                                                   -- 所属期的末月
  first_month,                                             -- 所属期的首月；时点数与末月相同
  last_day(make_date(CAST(substr(month, 1, 4) AS INTEGER), CAST(substr(month, 6, 2) AS INTEGER), 1)) AS month_end, -- 末月最后一天
  series,                                                  -- 数列
  base,                                                    -- 口径：户籍、常住、实有，空为未分
  sex,                                                     -- 性别（1男 2女，空为未分）
  age,                                                     -- 周岁（五岁组写下限），空为未分
  parity,                                                  -- 孩次，空为未分
  unit,                                                    -- 计量单位
  coalesce(value, 0) AS value                              -- 数
FROM totals
