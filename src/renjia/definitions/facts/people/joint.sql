-- 共同子女 — 一行一个在婚且与当前配偶有共同子女的人
SELECT
  w.id,                                                -- 本人
  CAST(count(*) AS SMALLINT) AS ever,                                    -- 与当前配偶共同生育或收养的子女数
  CAST(count(*) FILTER (WHERE a.until IS NULL) AS SMALLINT) AS living,   -- 其中现存
  CAST(count(*) FILTER (WHERE a.until IS NULL AND a.sex = '1') AS SMALLINT) AS sons -- 其中现存男孩
FROM wedlock w JOIN lineage a ON a.parent = w.id JOIN lineage b ON b.parent = w.spouse AND b.child = a.child
WHERE w.married
GROUP BY w.id
