"""Hand-typed characters for the second generator: which are heard alike, look alike, are written the old way.

Typed from a writer's knowledge of pinyin and of names on forms, not taken from any list or dictionary of the project.
"""

HEARD_ALIKE = """
jing 静婧晶靖菁景敬璟京精竞
jin 金锦瑾津进晋今近
ying 莹颖英影盈瑛滢莺迎应
yin 银音茵尹殷吟寅引
ting 婷亭庭廷霆听
li 丽莉利力立李黎理礼荔俐励厉
na 娜那纳
ni 妮倪尼
min 敏民旻闽
ming 明铭名鸣茗
mei 梅美玫媚湄
fang 芳方芬坊访
fen 芬粉纷奋
fan 凡帆范樊繁
hong 红洪虹宏鸿弘泓
hua 华花桦骅
hui 慧惠辉会晖卉徽蕙
hai 海亥
han 涵含寒汉韩晗翰菡
hao 浩皓豪昊好郝灏
he 禾和荷贺何赫鹤
xia 霞夏侠
xiu 秀修绣
xin 欣新心鑫馨昕芯忻辛
xing 兴星杏幸行
xue 雪学薛
xuan 萱轩宣璇暄煊
xi 熙希曦西溪夕喜席玺
xiang 祥翔香湘向项
xiao 晓小笑肖潇筱萧孝
yan 燕艳妍彦岩颜言严雁炎嫣研
yang 杨阳洋扬羊漾
ya 雅亚娅
yao 瑶尧耀姚遥
yi 怡一依宜伊艺逸毅义仪易益忆亦
yu 玉宇雨羽瑜钰余于语郁裕煜毓昱
yuan 媛圆元袁园源渊苑远
yue 月悦岳越玥跃
yun 云芸韵运赟允昀
yong 勇永咏泳
you 优友有佑悠由
ping 萍平苹屏坪
pin 品聘
peng 鹏朋彭蓬
juan 娟鹃绢
jun 军俊君峻钧珺骏
jie 洁杰婕捷节劼
jia 佳嘉家甲佳珈
jian 建健剑简坚
jiang 江蒋姜疆
jiao 娇姣皎
ju 菊巨居
ji 吉季纪继冀
qian 倩茜谦千芊钱
qin 琴勤秦芹沁钦
qing 青清晴庆卿情
qi 琪琦齐奇祺其启绮
qiang 强蔷墙
qiao 巧乔俏
qiu 秋邱丘
qun 群裙
rong 蓉荣容榕融戎
ru 茹如儒汝
rui 瑞睿蕊锐芮
ran 然冉染
ling 玲灵凌铃菱陵岭
lin 琳林霖临麟蔺
lan 兰岚蓝澜
lei 蕾雷磊垒
liang 亮良梁
lian 莲连廉涟
liu 刘柳留
long 龙隆珑
lu 璐露路鹿卢陆鲁
luo 罗洛骆
man 曼满蔓
meng 梦萌孟蒙
miao 苗妙淼
mu 沐木慕牧穆
mo 墨莫茉
nan 楠南男
ning 宁凝柠
nuo 诺娜
dan 丹旦单
dong 东冬栋董
bo 博波柏泊
bin 斌彬宾滨
bing 冰兵炳
bei 贝蓓倍
chao 超朝晁
chen 晨辰陈臣琛宸
cheng 成程诚城澄承
chun 春纯淳
chu 楚初储
feng 峰凤锋丰冯风枫
fei 飞菲妃斐
fu 福富付傅
gang 刚钢岗
gui 桂贵
guo 国果郭
huan 欢焕环
huang 黄煌
heng 恒衡
kai 凯开楷
kang 康亢
ke 可柯科珂
kun 坤昆堃
wei 伟薇微巍维威玮韦卫
wen 文雯闻温
wan 婉婉万晚
wang 王汪望旺
wu 吴武伍邬
tao 涛桃陶
tian 天甜田恬
tong 彤童桐同
xu 徐许旭绪
zhang 张章彰
zhao 赵昭兆
zheng 郑正政征
zhen 珍真振甄
zhi 志芝智之致
zi 子紫梓姿
ze 泽则
zhu 朱珠竹祝
zhuang 庄壮
zhou 周舟
sha 莎沙
shan 珊姗山杉
shi 诗石施时史
shu 淑书舒树
shuang 双爽霜
sheng 胜生盛晟
shen 沈深申
shao 少邵绍
si 思斯司
song 宋松颂
su 苏素肃
sun 孙荪
ai 爱艾
an 安桉
ao 奥傲
dan 丹旦
de 德得
di 迪笛
duo 多朵
er 尔儿
lun 伦轮
lü 吕律
la 拉腊
bao 宝保包鲍
cai 彩蔡财采
ma 马玛
mao 毛茂
qu 曲屈
tang 唐汤棠
hu 胡虎湖
gao 高皋
zhong 钟忠仲
zeng 曾增
xie 谢解
zou 邹
deng 邓登
xiong 熊雄
""".strip()

# What a northerner or a southerner does not hear apart.
ACCENTS = (
    "jing jin,ying yin,xing xin,ping pin,ming min,qing qin,ling lin,zheng zhen,cheng chen,sheng shen,fang fan,"
    "zhang zhen,shan san,zhi zi,shi si,li ni,lan nan,hui fei,hu fu,wang huang,feng fen,bing bin,yang yan,meng men,"
    "jiang jian,liang lian,long nong,zhu zu,shu su,luo nuo,ling ning"
)

SEEN_ALIKE = """
末未 己已 士土 王玉 太大 夭天 侯候 供洪 扬杨 阵陈 季李 睛晴 字宇 函涵 棋琪 摇瑶 颍颖 萤莹 嫒媛 研妍 那娜 铃玲 淋琳 方芳 雷雪 去云 舟丹 停婷
住佳 纬伟 建健 微薇 非菲 苹萍 结洁 情倩 请清 恩思 惠慧 海梅 怕怡 说悦 教敏 捐娟 露霞 绝艳 江红 毕华 舂春 秀季 容蓉 利莉 西茜 雷蕾 宣萱 水冰
听昕 搏博 洁浩 译泽 持诗 名铭 森鑫 淘涛 木杰 车军 男勇 石磊 武斌 朋鹏 披波 尤龙 起超 朋明 烽峰 气飞 挥辉 峻俊 忘志 安宏 材林 禾木 午牛 千干
徐除 孙孔 吴昊 周同 赵走 郑邓 冯马 韩朝 曹曾 曾曹 袁哀 傅博 沈沉 卢户 姜美 范苑 田由 石右 夏复 谭潭 汪江 戴载 贾费 邹部 白自 余佘 孟盂 段假
""".split()

WRITTEN_OLD = """
张張 陈陳 杨楊 赵趙 黄黃 吴吳 刘劉 孙孫 马馬 罗羅 郑鄭 谢謝 韩韓 冯馮 邓鄧 许許 苏蘇 吕呂 卢盧 蒋蔣 贾賈 叶葉 钟鍾 谭譚 邹鄒 陆陸 龚龔 庞龐 兰蘭
丽麗 红紅 华華 艳艷 静靜 娅婭 云雲 凤鳳 龙龍 国國 军軍 飞飛 东東 伟偉 刚剛 强強 辉輝 杰傑 鹏鵬 涛濤 胜勝 义義 宝寶 贵貴 莹瑩 颖穎 洁潔 晓曉 梦夢
诗詩 语語 欢歡 乐樂 轩軒 泽澤 宁寧 铭銘 锦錦 钰鈺 齐齊 卫衛 纪紀 维維 绍紹 继繼 绮綺 莲蓮 娇嬌 贝貝 双雙 庆慶 万萬 凯凱 兴興 庄莊 严嚴 爱愛 礼禮
远遠 运運 进進 连連 灵靈 环環 珑瓏 时時 晖暉 树樹 桦樺 栋棟 汉漢 润潤 渊淵 滢瀅 潇瀟 滨濱 涟漣 苹蘋 荣榮 莺鶯 蓝藍 萧蕭 韵韻 雾霧 丰豐 岚嵐 岭嶺
""".split()

# Names of other peoples, as clerks spell them one way or another.
SPELT_EITHER_WAY = (
    "买麦 麦买 丽力 力丽 依伊 伊依 木姆 姆木 吐图 图吐 尔儿 孜则 汗罕 罕汗 江姜 姜江 古谷 玛马 措错 央杨 次慈".split()
)

# Characters an old terminal cannot type: written as a mark or as something near.
HARD_TO_TYPE = "䶮堃喆珺玥赟翀燚甯烜祎玹媗煊"

SURNAMES = (
    "王7.2 李7.1 张6.7 刘5.3 陈4.7 杨3.0 赵2.2 黄2.2 周2.1 吴2.0 徐1.7 孙1.5 胡1.3 朱1.3 高1.2 林1.2 何1.2 郭1.1 马1.1 罗1.0 "
    "梁.95 宋.87 郑.85 谢.8 韩.75 唐.72 冯.7 于.68 董.65 萧.6 程.6 曹.58 袁.57 邓.56 许.55 傅.53 沈.52 曾.51 彭.5 吕.48 "
    "苏.47 卢.46 蒋.45 蔡.44 贾.43 丁.42 魏.41 薛.4 叶.39 阎.38 余.37 潘.36 杜.35 戴.34 夏.33 钟.32 汪.31 田.3 任.3 姜.29 "
    "范.28 方.28 石.27 姚.27 谭.26 廖.25 邹.25 熊.24 金.24 陆.23 郝.23 孔.22 白.22 崔.21 康.21 毛.2 邱.2 秦.19 江.19 史.18 "
    "顾.18 侯.17 邵.17 孟.16 龙.16 万.15 段.15 雷.15 钱.14 汤.14 尹.14 黎.13 易.13 常.13 武.12 乔.12 贺.12 赖.11 龚.11 文.11 "
    "庞.1 樊.1 兰.1 殷.09 施.09 陶.09 洪.09 翟.08 安.08 颜.08 倪.08 严.08 牛.07 温.07 芦.07 季.07 俞.07 章.07 鲁.06 葛.06 "
    "伍.06 韦.06 申.06 尤.05 毕.05 聂.05 焦.05 向.05 柳.05 邢.05 骆.04 岳.04 齐.04 梅.04 庄.04 辛.04 管.04 祝.03 左.03 涂.03 "
    "祁.03 耿.03 牟.02 卜.02 路.02 詹.02 关.02 苗.02 凌.02 费.02 纪.02 靳.02 盛.02 童.02 欧.02 甄.01 项.01 曲.01 成.01 游.01 "
    "裴.01 席.01 卫.01 查.01 屈.01 鲍.01 位.01 覃.1 霍.01 翁.01 隋.01 植.01 甘.02 景.01 薄.005 单.01 包.02 司.005 宁.02 柏.01 "
    "欧阳.03 上官.005 司马.004 诸葛.003 皇甫.003 夏侯.003 慕容.002 尉迟.002"
)

WOMEN_FIRST = "丽晓小雪海玉春秀红文美燕艳慧佳思雅婷静梦欣雨诗嘉淑金云桂芳丹月爱凤彩亚紫冬明志永建国新梓子心冰青梅婉若依可宇怡晨翠素惠巧香"
WOMEN_SECOND = "婷丽娟敏静燕霞萍玲红梅芳英华艳莉娜琴兰颖洁云倩莹琳雪慧玉萱怡瑶薇佳欣妮蓉菲媛娇珍丹月凤香花蕾悦彤芬娅琪君莲洋妍璐楠蓓姣"
MEN_FIRST = "建志文伟国晓小海永俊明金子家春成宏浩玉新立东天振庆德世少光振学正兴荣泽宇云祥江大嘉一佳仁剑卫忠晨"
MEN_SECOND = "伟强军杰勇涛明超波辉鹏飞斌磊刚华平峰龙林亮文东健鑫宇浩俊凯毅博成海洋松阳旭江彬锋国庆生良荣贵福祥宁胜帅坤"
BOYS_FIRST = "子梓浩宇俊一嘉泽奕铭博睿皓宸煜沐辰佳家思明文天昊承钰锦瑞景星晨恩奥云修书安亦君逸"
BOYS_SECOND = "轩涵宇泽睿辰豪然博阳霖航铭洋杰熙宸恒昊哲轶林诚瑞言安文天宁佑祺翔城骏源凯远希"
GIRLS_FIRST = "子梓欣诗雨可思佳一语紫若梦嘉依奕沐雅心芷钰艺晨安苏书芸月清瑾悦星婉妙云锦予伊夕初"
GIRLS_SECOND = "涵萱彤怡妍琪瑶彤晗汐悦诺诗雯萌宁馨桐语菲可心玥妤琳希然冉溪瑜晴月曦糖朵熙优艺恬"
LITTLE_NAMES = "大宝 二宝 小宝 宝宝 贝贝 乐乐 豆豆 糖糖 果果 安安 牛牛 妞妞 毛毛 丫丫 团团 圆圆 多多 可可 嘟嘟 阳阳 萌萌 朵朵 诺诺 壮壮 甜甜".split()

# Women and men of other peoples: (own part, father's part) joined by a dot; Tibetans and Mongols without.
DOTTED_WOMEN = (
    "阿依古丽 古丽娜尔 帕提古丽 热孜亚 阿米娜 古丽米热 麦尔耶姆 努尔古丽 迪丽拜尔 阿依努尔 祖丽菲亚 茹仙古丽".split()
)
DOTTED_MEN = "买买提 阿不都拉 吐尔逊 艾合买提 木合塔尔 玉素甫 伊力亚尔 卡德尔 阿卜力孜 图尔荪 阿里木 热合曼 依马木 艾尔肯 居马".split()
# Tibetan, Mongol and Yi women: a first and a second part.
UNDOTTED_WOMEN = (
    ("卓玛 次仁 白玛 德吉 央金 格桑 尼玛 达娃 仁增 索朗".split(), "央宗 拉姆 措 卓嘎 曲珍 旺姆 白珍 拉珍".split()),
    ("乌云 萨仁 娜仁 其木格 斯琴 苏日 阿拉坦 托娅".split(), "其其格 高娃 图雅 花 格日勒 塔娜".split()),
    ("吉克 曲比 阿西 沙马 阿尔 吉木 马海".split(), "阿依 阿乌 么牛 尔扎 阿呷 伍呷".split()),
)
UNDOTTED_MEN = "扎西多吉 次仁顿珠 格桑平措 丹增 巴特尔 那日苏 布和 吉克木呷 沙马拉铁 阿尔伍各".split()

# Foreign mothers: as in the passport, and as a clerk writes it in characters.
FOREIGN = (
    "NGUYEN THI HOA|阮氏花,NGUYEN THI LAN|阮氏兰,TRAN THI MAI|陈氏梅,LE THI HUONG|黎氏香,PHAM THI NGA|范氏娥,HOANG THI LY|黄氏李,"
    "VU THI THU|武氏秋,DANG THI HONG|邓氏红,BUI THI XUAN|裴氏春,DO THI HIEN|杜氏贤,SOKHA CHAN|占索卡,SREY MOM|斯蕾蒙,"
    "KHIN MYA WIN|钦妙温,AYE AYE MOE|埃埃莫,NANG KHAM|囊坎,KIM MI SOOK|金美淑,PARK JI YOUNG|朴智英,SATO YUKI|佐藤由纪,"
    "IVANOVA OLGA|奥尔加,SMITH ANNA MARIE|安娜史密斯,MARIA SANTOS|玛利亚,CHANTHA VONG|占塔翁"
).split(",")
