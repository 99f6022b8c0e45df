-- 申请人 — 一行一个人：各项奖励扶助问到的一切，截至当日
SELECT
  p.person AS id,                                      -- 编号
  p.sex,                                               -- 性别（1 男、2 女）
  p.born,                                              -- 本人出生日期
  CASE WHEN p.died <= q.today THEN p.died END AS died, -- 本人死亡日期
  CASE WHEN w.id IS NOT NULL THEN w.married WHEN x.id IS NULL THEN FALSE END AS married, -- 当日是否有配偶；有子女另一方父母而无婚姻记录的为不详
  w.married_on,                                        -- 最近一段婚姻的登记日
  w.first_married_on,                                  -- 初次结婚登记日
  coalesce(w.marriages, CAST(0 AS SMALLINT)) AS marriages,               -- 结婚次数
  w.single_by,                                         -- 单身原因（divorce 离婚、death 丧偶）
  CASE WHEN p.sex = '2' THEN p.born
    WHEN coalesce(w.married, FALSE) THEN CASE WHEN w.spouse_sex = '2' THEN w.spouse_born WHEN w.spouse_sex = '1' THEN p.born
      ELSE CASE WHEN p.sex = '1' THEN w.spouse_born WHEN w.spouse_born IS NOT NULL THEN greatest(p.born, w.spouse_born) END END
    WHEN w.id IS NULL AND x.other_sex = '2' THEN greatest(p.born, x.other_born)
    ELSE p.born END AS woman_born,                     -- 看年龄的人的出生日期：夫妻看女方，单身看本人；婚姻不详时为双方中较晚者
  CASE WHEN p.sex = '2' THEN p.born
    WHEN coalesce(w.married, FALSE) THEN CASE WHEN w.spouse_sex = '2' THEN w.spouse_born WHEN w.spouse_sex = '1' THEN p.born
      ELSE CASE WHEN p.sex = '1' THEN w.spouse_born WHEN w.spouse_born IS NOT NULL THEN least(p.born, w.spouse_born) END END
    WHEN w.id IS NULL AND x.other_sex = '2' THEN least(p.born, x.other_born)
    ELSE p.born END AS woman_born_early,               -- 同上；婚姻不详时为双方中较早者
  coalesce(o.ever, CAST(0 AS SMALLINT)) AS ever,                         -- 曾生育或合法收养的子女数
  CASE WHEN coalesce(o.recorded, TRUE) THEN coalesce(o.living, CAST(0 AS SMALLINT)) END AS living, -- 现存子女数；子女缺人员记录的为不详
  coalesce(o.month_living, CAST(0 AS SMALLINT)) AS month_living,         -- 本月初存活的子女数
  CASE WHEN coalesce(o.recorded, TRUE) THEN coalesce(o.sons, CAST(0 AS SMALLINT)) END AS sons, -- 现存男孩数
  CASE WHEN coalesce(o.recorded, TRUE) THEN coalesce(o.daughters, CAST(0 AS SMALLINT)) END AS daughters, -- 现存女孩数
  coalesce(o.deceased, CAST(0 AS SMALLINT)) AS deceased,                 -- 已死亡的子女数
  coalesce(o.most_living, CAST(0 AS SMALLINT)) AS most_living,           -- 最多同时存活的子女数
  o.first_child_on,                                    -- 有第一个子女之日
  o.latest_child_on,                                   -- 有最后一个子女之日
  o.last_loss_on,                                      -- 最近一次失去子女之日
  o.childless_since,                                   -- 最近一次子女一个不剩之日，空为从未如此
  coalesce(o.childless_by_death, FALSE) AS childless_by_death, -- 最近一次一个不剩是否因死亡
  o.reparented_on,                                     -- 一个不剩之后又生育或收养之日
  o.sole_born,                                         -- 独生（唯一现存、最后去世）子女的出生日期
  o.sole_died,                                         -- 该子女死亡日期
  o.sole_adopted,                                      -- 该子女是否收养
  o.sole_lawful,                                       -- 该子女是否符合当时政策，空为未认定
  i.grade AS sole_grade,                               -- 该子女当日有效残疾证的等级，空为无有效证
  CASE WHEN i.id IS NULL THEN FALSE ELSE i.serious END AS sole_serious, -- 该子女当日是否持三级以上残疾证
  i.serious_since AS sole_serious_since,               -- 该子女三级以上残疾的定残日
  i.serious_lost AS sole_serious_lost,                 -- 该子女失去三级以上之日（降级、康复、到期），空为仍有效或从未有过
  coalesce(o.adoptions, CAST(0 AS SMALLINT)) AS adoptions,               -- 收养的子女数
  coalesce(o.adopted_after_birth, FALSE) AS adopted_after_birth, -- 是否先生育后收养
  coalesce(o.adopted_together, FALSE) AS adopted_together, -- 是否同日收养两个以上
  CASE WHEN o.first_adopted_on IS NULL OR w.first_married_on <= o.first_adopted_on THEN FALSE
    WHEN w.first_married_on > o.first_adopted_on THEN TRUE END AS adopted_unmarried, -- 是否未婚收养
  o.unlawful_first,                                    -- 最早一次不符合当时政策的生育或收养
  o.unlawful_last,                                     -- 最晚一次不符合当时政策的生育或收养
  o.unclear_first,                                     -- 最早一次（第二次起）未认定是否符合当时政策的生育或收养
  o.unclear_last,                                      -- 最晚一次（第二次起）未认定是否符合当时政策的生育或收养
  coalesce(o.step_living, CAST(0 AS SMALLINT)) AS step_living,           -- 现存且形成抚养关系的继子女数
  coalesce(j.ever, CAST(0 AS SMALLINT)) AS joint_ever,                   -- 与当前配偶的共同子女数
  coalesce(o.living, CAST(0 AS SMALLINT)) + coalesce(so.living, CAST(0 AS SMALLINT)) - coalesce(j.living, CAST(0 AS SMALLINT)) AS couple_living, -- 夫妻双方合并计算的现存子女数
  coalesce(o.sons, CAST(0 AS SMALLINT)) + coalesce(so.sons, CAST(0 AS SMALLINT)) - coalesce(j.sons, CAST(0 AS SMALLINT)) AS couple_sons, -- 夫妻双方合并计算的现存男孩数
  coalesce(so.ever, CAST(0 AS SMALLINT)) AS spouse_ever,                 -- 配偶曾有的子女数
  so.childless_since AS spouse_childless_since,        -- 配偶的子女一个不剩之日
  so.reparented_on AS spouse_reparented_on,            -- 配偶此后又生育或收养之日
  h.place AS hukou,                                    -- 当日户籍地
  h.prefix AS hukou_prefix,                            -- 户籍地代码去掉末尾补零
  h.kind AS hukou_kind,                                -- 户口性质
  h.basis AS hukou_basis,                              -- 户口依据
  h.district_since AS hukou_district_since,            -- 连续在本区县的起始日，空为一直或不详
  h.province_since AS hukou_province_since,            -- 连续在本省市的起始日，空为一直或不详
  h.left_place AS hukou_left,                          -- 上一处（或注销前）户籍地
  h.left_on AS hukou_left_on,                          -- 迁离上一处户籍地（或注销）之日
  h.left_district_since AS hukou_left_district_since,  -- 在上一区县户籍的起始日，空为一直或不详
  h.left_province_since AS hukou_left_province_since,  -- 在上一省市户籍的起始日，空为一直或不详
  h.rural,                                             -- 是否农业户口或界定为农村居民户口，空为待看界定文件
  CASE WHEN w.married OR (w.id IS NULL AND x.id IS NOT NULL) THEN sh.rural END AS spouse_rural, -- 配偶是否农业户口或界定为农村居民户口
  sh.place AS spouse_hukou,                            -- 配偶当日户籍地
  c.issued_on AS certificate_on,                       -- 《独生子女父母光荣证》领证日，空为不详或未领
  CASE WHEN c.id IS NOT NULL THEN c.valid END AS certificate, -- 当日是否持有效《独生子女父母光荣证》，空为没有记录
  c.ended_on AS certificate_ended,                     -- 光荣证最后有效的一天，空为仍有效
  e.kind AS employment,                                -- 最近的就业状况（employed 在职、retired 退休、none 无业）
  coalesce(e.retired, FALSE) AS retired,               -- 是否已办理退休
  e.retired_on,                                        -- 办理退休之日
  CASE WHEN e.id IS NOT NULL THEN e.insured END AS insured, -- 是否参加过城镇职工社会保险，空为没有就业记录
  m.grade AS complication_grade,                       -- 手术并发症等级（1 最重）
  m.since AS complication_since,                       -- 手术并发症首次鉴定之日
  m.ended AS complication_ended,                       -- 手术并发症治愈、康复或失效前的最后一日
  CASE WHEN coalesce(k.bereaved_on, sk.bereaved_on) >= coalesce(o.childless_since, so.childless_since) THEN coalesce(k.bereaved_on, sk.bereaved_on)
    WHEN coalesce(k.bereaved_latest, sk.bereaved_latest) >= coalesce(o.childless_since, so.childless_since)
    THEN coalesce(k.bereaved_latest, sk.bereaved_latest) END AS bereaved_confirmed, -- 特扶（死亡）确认日（夫妻一方申请的及于双方）
  coalesce(k.disabled_on, sk.disabled_on) AS disabled_confirmed, -- 特扶（伤残）确认日（夫妻一方申请的及于双方）
  k.complication_on AS complication_confirmed,         -- 手术并发症扶助确认日
  k.rural_on AS rural_confirmed,                       -- 农村奖扶首次确认日
  k.accident_on AS accident_confirmed,                 -- 意外伤残死亡一次性补助确认日
  k.checked_on,                                        -- 最近一次免费孕前检查确认日
  coalesce(k.support, FALSE) AS receives_support,      -- 是否已确认或近一年领过特别扶助
  coalesce(k.rural, FALSE) AS receives_rural,          -- 近一年是否领过农村奖扶
  coalesce(k.retirement, FALSE) AS retirement_paid,    -- 是否领过退休一次性奖励
  coalesce(k.accident, FALSE) AS accident_paid,        -- 是否领过意外伤残死亡一次性补助
  coalesce(k.second_start, FALSE) AS second_start_paid, -- 是否领过再生育、收养关怀补助
  r.place AS residence,                                -- 当日居住地
  r.since AS residence_since,                          -- 居住起始日
  sr.place AS spouse_residence,                        -- 配偶当日居住地
  sr.since AS spouse_residence_since                   -- 配偶居住起始日
FROM person p CROSS JOIN asked q
LEFT JOIN wedlock w ON w.id = p.person
LEFT JOIN other_parent x ON x.id = p.person
LEFT JOIN offspring o ON o.id = p.person
LEFT JOIN impairment i ON i.id = o.sole_child
LEFT JOIN joint j ON j.id = p.person
LEFT JOIN offspring so ON so.id = w.spouse
LEFT JOIN hukou_now h ON h.id = p.person
LEFT JOIN hukou_now sh ON sh.id = coalesce(w.spouse, x.other)
LEFT JOIN papers_held c ON c.id = p.person
LEFT JOIN career e ON e.id = p.person
LEFT JOIN complication m ON m.id = p.person
LEFT JOIN claims k ON k.id = p.person
LEFT JOIN claims sk ON sk.id = w.spouse
LEFT JOIN residence_now r ON r.id = p.person
LEFT JOIN residence_now sr ON sr.id = w.spouse
