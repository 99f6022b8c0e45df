-- 录入的合计 — 一行一个从别处录入的合计，只供已停用的旧指标与本系统没有个案的数
SELECT
  "case",                                                  -- 合计的键
  district,                                                -- 区
  street,                                                  -- 街镇；只知区的记在区本级（区代码加000）
  neighbourhood,                                           -- 居村；只知街镇的记在街镇本级（街镇代码加000）
  month,                                                   -- 所属期的末月
  first_month,                                             -- 所属期的首月
  series,                                                  -- 数列
  value                                                    -- 数
FROM entered
