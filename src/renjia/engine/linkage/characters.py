"""字 — traditional to simplified, and one sound key per character.

The table holds the characters met in names of persons; it is our own list, not a general converter. A traditional form
missing here still meets its simplified twin by sound.
"""

import unicodedata
from functools import cache, lru_cache

from pypinyin.pinyin_dict import pinyin_dict

_PAIRS = (
    "張张陳陈劉刘楊杨黃黄趙赵吳吴孫孙馬马鄭郑謝谢許许韓韩馮冯鄧邓蕭萧葉叶蔣蒋餘余鍾钟閻阎萬万顧顾龔龚鄒邹錢钱湯汤嚴严賀贺賴赖龍龙陸陆盧卢範范賈贾鄺邝竇窦欒栾龐庞藺蔺鮑鲍喬乔衛卫聶聂魯鲁駱骆關关歐欧陽阳東东單单諸诸"
    "溫温婁娄儲储勞劳莊庄費费譚谭閆闫鄔邬榮荣齊齐寶宝國国華华麗丽蘭兰鳳凤連连軍军偉伟強强傑杰濤涛濱滨輝辉鵬鹏飛飞鋒锋鋼钢剛刚銀银銘铭鈺钰錦锦鎮镇鏡镜鈴铃鋭锐銳锐慶庆愛爱憶忆懷怀應应廣广義义藝艺蘇苏薔蔷蓮莲蔭荫葦苇"
    "蕓芸蘊蕴勝胜騰腾驕骄騫骞驍骁駿骏馳驰學学樂乐樺桦樹树桿杆橋桥標标棟栋棄弃機机權权夢梦歡欢氣气漢汉潔洁澤泽灝灏濟济瀟潇瀾澜滿满漣涟淵渊湊凑煒炜燁烨煥焕燦灿熱热爍烁營营獻献獲获瑤瑶瑪玛環环瓊琼璽玺瑋玮琺珐瑩莹珮佩"
    "異异畫画發发皚皑盡尽監监盤盘碩硕確确禮礼禎祯禕祎穎颖積积穌稣競竞筆笔簡简節节粵粤紅红紀纪純纯紗纱紋纹級级紹绍細细終终結结絢绚絲丝經经綠绿維维綺绮綾绫緒绪綿绵緯纬緣缘縈萦縵缦績绩織织繡绣繼继纓缨纖纤羅罗習习聖圣"
    "聞闻聰聪聲声職职肅肃臨临興兴與与舉举艷艳豔艳莖茎萊莱處处號号衆众袞衮裊袅見见規规視视覺觉親亲觀观訓训記记設设詠咏詩诗話话誠诚誼谊諾诺謙谦謹谨識识議议讓让讚赞貝贝貞贞財财貴贵賓宾賜赐賢贤質质贊赞躍跃軒轩軟软輕轻"
    "輪轮載载邁迈運运達达遙遥遠远適适選选還还邊边鄉乡醫医鈞钧鑒鉴鑑鉴長长門门開开閃闪間间閩闽閱阅闊阔闓闿隊队階阶際际隨随隱隐雙双雲云電电霽霁靈灵靜静靚靓韋韦韻韵順顺須须頌颂預预頡颉頤颐頻频顏颜願愿類类顥颢風风養养"
    "驊骅驛驿鬱郁魚鱼鮮鲜鳴鸣鴻鸿鵑鹃鶯莺鶴鹤鷺鹭鷹鹰麥麦點点齡龄龜龟倫伦侖仑僑侨優优億亿儀仪儷俪凱凯創创劍剑動动務务勛勋勵励勳勋協协參参員员喚唤啟启啓启嚮向圖图園园圓圆團团堅坚場场塵尘壯壮壽寿妝妆婭娅嫻娴嬋婵嬌娇"
    "嬡嫒孃娘孿孪宮宫寧宁審审寬宽實实將将專专尋寻對对導导屆届嵐岚島岛嶺岭嶽岳嶸嵘巒峦帥帅師师帶带幟帜幣币幫帮幹干幾几庫库廈厦廬庐彙汇彥彦後后徑径徵征恆恒悅悦愷恺憐怜戀恋戰战撫抚據据攝摄敘叙敵敌數数時时晉晋暉晖曄晔"
    "曉晓曠旷書书會会條条楓枫極极構构槍枪樸朴樑梁沖冲決决況况洶汹淺浅淨净渾浑測测湧涌溝沟滄沧澗涧瀅滢為为烏乌無无燈灯爭争爺爷爾尔牽牵狀状獨独獅狮禍祸離离種种稱称穩稳窩窝箏筝築筑籃篮緊紧縣县總总罰罚翹翘脈脉腳脚臺台"
    "舊旧薈荟薩萨藍蓝蘆芦虛虚蝦虾蠶蚕補补裝装製制複复訂订計计討讨託托訊讯詞词試试該该詳详語语説说說说課课調调談谈請请論论諶谌謀谋證证譽誉讀读變变豐丰車车軸轴較较輔辅輯辑轉转轍辙農农這这進进遊游過过遲迟郵邮鄰邻釋释"
    "釗钊銓铨錚铮鍵键鐘钟鐵铁鑄铸閔闵陣阵陰阴雋隽雖虽雞鸡難难霧雾響响頁页頂顶項项領领頭头題题顯显飄飘飯饭館馆騎骑驗验髮发鬆松嵗岁歲岁歷历歸归殘残毀毁畢毕當当疊叠癡痴療疗礎础礦矿祿禄禦御禪禅葒荭蓀荪蔦茑薌芗藹蔼蠻蛮"
    "衝冲齋斋屬属層层峽峡崗岗岡冈彎弯彈弹奪夺奮奋婦妇媽妈嬰婴嶼屿巖岩壇坛奧奥獎奖姍姗姪侄嫵妩孌娈戩戬晝昼暢畅暫暂棲栖椏桠楨桢檉柽檸柠櫻樱欽钦淚泪淥渌渢沨湞浈滬沪漁渔潁颍潤润濃浓瀧泷灣湾煙烟煉炼璦瑷瓔璎甯宁"
)
SIMPLIFIED = str.maketrans(_PAIRS[::2], _PAIRS[1::2])
# Readings that names use although the dictionary lists another one first.
_IN_NAMES = {"单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "查": "zha", "盖": "ge", "朴": "piao", "覃": "qin",
             "翟": "zhai", "尉": "wei", "区": "ou", "缪": "miao", "任": "ren", "乐": "le", "盛": "sheng", "召": "shao",
             "晟": "sheng", "茜": "qian"}  # fmt: skip


@cache
def syllable(character: str) -> str:
    """音节 — toneless lower-case syllable of a Chinese character; the character itself where it has none."""
    if character in _IN_NAMES:
        return _IN_NAMES[character]
    readings = pinyin_dict.get(ord(character))
    if readings is None:
        return character
    first = unicodedata.normalize("NFD", readings.split(",", 1)[0]).replace("u\u0308", "v")
    return "".join(letter for letter in first if not unicodedata.combining(letter))


@cache
def sound(character: str) -> str:
    """同音字 — one private-use character per syllable, so that edit distance counts syllables, not letters."""
    spoken = syllable(character)
    return character if spoken == character else _symbols().setdefault(spoken, chr(0xE000 + len(_symbols())))


@lru_cache(maxsize=1)
def _symbols() -> dict[str, str]:
    return {}


def is_chinese(character: str) -> bool:
    """是否汉字 — whether the character has a reading."""
    return ord(character) in pinyin_dict
