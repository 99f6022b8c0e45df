-- 人员核对 — 一行一人的一段在册、居住或常住，附逻辑核对；死亡、出生日期矛盾的、没有人员记录的也在内
WITH districts AS (SELECT DISTINCT code FROM place WHERE level = 'district'),
held AS (
  SELECT "case", district, street, neighbourhood, base, since, until, ended, FALSE AS unknown, sex, born, died FROM stays
  UNION ALL
  SELECT r.person, d.code, CASE WHEN length(r.place) >= 9 THEN substr(r.place, 1, 9) ELSE d.code || '000' END,
    CASE WHEN length(r.place) >= 12 THEN substr(r.place, 1, 12) WHEN length(r.place) >= 9 THEN substr(r.place, 1, 9) || '000'
      ELSE d.code || '000000' END, '实有', coalesce(r."from", DATE '1800-01-01'), coalesce(r."to", DATE '2999-12-31'),
    coalesce(r."to", DATE '2999-12-31'), TRUE,
    CAST(NULL AS VARCHAR), CAST(NULL AS DATE), CAST(NULL AS DATE)
  FROM residence r JOIN districts d ON d.code = substr(r.place, 1, 6)
  LEFT JOIN person p ON p.person = r.person AND p.known_to IS NULL
  WHERE r.known_to IS NULL AND p.person IS NULL)
SELECT
  "case",                                                  -- 人员键
  district,                                                -- 区
  street,                                                  -- 街镇；只知区的记在区本级（区代码加000）
  neighbourhood,                                           -- 居村；只知街镇的记在街镇本级（街镇代码加000）
  base,                                                    -- 口径：户籍、常住、实有
  since,                                                   -- 从哪天起
  until,                                                   -- 到哪天止
  unknown,                                                 -- 是否没有人员记录（只在实有里查）
  NOT unknown AND sex IS NULL AS lacks_sex,                -- 是否缺性别
  NOT unknown AND born IS NULL AS lacks_born,              -- 是否缺出生日期
  coalesce(died < born, FALSE) AS died_before_born,        -- 死亡日期是否早于出生日期
  coalesce(since < born, FALSE) AND since > DATE '1800-01-01' AS before_birth, -- 是否出生以前就已在册或居住
  coalesce(died < ended AND ended < DATE '2999-12-31', FALSE) AS after_death -- 是否死亡以后才止
FROM held
