"""Places of China as far as questions name them: provinces and prefectures, and what a corpus knows beside them.

Names are without their ending (浙江, 杭州). A place lies in those before it in its chain. Districts and counties are
data beside the corpus (`kb.home`): there are some 2,800 of them, and most are everyday words as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import lru_cache

from kb.text.fold import fold_text

# Province by province its prefectures, and the few cities below them that everybody knows (昆山, 义乌); of autonomous
# prefectures the short name that people say (延边).
_PROVINCES = {
    "北京": "", "天津": "", "上海": "", "重庆": "", "香港": "", "澳门": "", "台湾": "台北 高雄",
    "河北": "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 雄安",
    "山西": "太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁",
    "内蒙古": "呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布",
    "辽宁": "沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 葫芦岛",
    "吉林": "长春 四平 辽源 通化 白山 松原 白城 延边",
    "黑龙江": "哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化",
    "江苏": "南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 昆山",
    "浙江": "杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌",
    "安徽": "合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城",
    "福建": "福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德",
    "江西": "南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶",
    "山东": "济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽",
    "河南": "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店",
    "湖北": "武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施",
    "湖南": "长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西",
    "广东": "广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮",
    "广西": "南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左",
    "海南": "海口 三亚 三沙 儋州", "四川": "成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳",
    "贵州": "贵阳 六盘水 遵义 安顺 毕节 铜仁", "云南": "昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 大理",
    "西藏": "拉萨 日喀则", "陕西": "西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛",
    "甘肃": "兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南", "青海": "西宁 海东",
    "宁夏": "银川 石嘴山 吴忠 固原 中卫", "新疆": "乌鲁木齐 克拉玛依 吐鲁番 哈密",
}  # fmt: skip
# Names that are everyday words as well count only with the ending that makes them a place.
_ENDING_NEEDED = frozenset(("中山", "黄山", "保山", "白山", "铜川", "白银", "通化", "海东", "吉安", "泰安", "安康", "天水", "大理", "商洛", "永州", "吉林"))  # fmt: skip
_ENDINGS = "(?:省|市|区|县|自治区|镇)"
_ANY_ENDING = re.compile("(?:自治区|街道|[省市区县镇乡])$")


def bare(name: str) -> str:
    """Give the name of a place without its ending: 东湖 of 东湖市."""
    return _ANY_ENDING.sub("", name) or name


class Gazetteer:
    """Names of places and where they lie: those of the nation, and those of a home beside them.

    `chains` gives per place the places that it lies in, widest first, itself last. `home` holds chains of full names
    (江南省, 东湖市, 西城区); of these, the ones in `whole` count only with their ending.
    """

    def __init__(self, home: Iterable[tuple[str, ...]] = (), whole: AbstractSet[str] = frozenset()) -> None:
        own = [chain for chain in home if chain]
        self.chains: dict[str, tuple[str, ...]] = _nation() | {
            bare(chain[-1]): tuple(map(bare, chain)) for chain in own
        }
        written = {name: _ENDINGS + ("" if name in _ENDING_NEEDED else "?") for name in self.chains}
        for full in (chain[-1] for chain in own):
            ending = full.removeprefix(bare(full))
            written[bare(full)] = ending if full in whole or bare(full) == full else f"(?:{ending})?"
        names = sorted(written, key=len, reverse=True)
        self.pattern = "|".join(re.escape(name) + written[name] for name in names)
        self._name = re.compile(self.pattern)
        self._known = lru_cache(maxsize=2048)(self._places_in)

    def places_in(self, text: str) -> frozenset[str]:
        """Name the places that a text names.

        >>> sorted(NATION.places_in("寧波市和杭州的差别"))
        ['宁波', '杭州']
        >>> Gazetteer([("东湖市",), ("东湖市", "柳浪街道")]).places_in("柳浪街道的食堂")
        frozenset({'柳浪'})
        """
        return self._known(text)

    def masked(self, folded: str, mask: str) -> str:
        """Write `mask` for every character of a place's name."""
        return self._name.sub(lambda match: mask * len(match[0]), folded)

    def main_place(self, text: str) -> str | None:
        """Name the place that a text is about: named three times at least, and more than twice as often as any that it
        neither lies in nor holds.

        >>> NATION.main_place("杭州市的食堂。杭州有食堂，在浙江。杭州市民和宁波市民都可以来。")
        '杭州'
        """
        counts = Counter(self._bare(match.group()) for match in self._name.finditer(fold_text(text)))
        if not counts:
            return None
        place, times = counts.most_common(1)[0]
        chains = self.chains
        rivals = [n for other, n in counts.items() if other not in chains[place] and place not in chains[other]]
        return place if times >= 3 and times > 2 * max(rivals, default=0) else None

    def narrowest(self, places: AbstractSet[str]) -> frozenset[str]:
        """Leave out the places in which others of them lie: 浙江省杭州市 is 杭州, not all of 浙江.

        >>> NATION.narrowest({"浙江", "杭州", "上海"}) == {"杭州", "上海"}
        True
        """
        return frozenset(places - {wider for place in places for wider in self.chains[place][:-1]})

    def applies_to(self, region: AbstractSet[str], place: str) -> bool:
        """Say whether what holds in `region` can hold in `place`: it lies there, or the other way round.

        >>> NATION.applies_to({"浙江"}, "宁波"), NATION.applies_to({"杭州"}, "宁波"), NATION.applies_to({"杭州"}, "浙江")
        (True, False, True)
        """
        chain = self.chains[place]
        return not region or any(name in chain or place in self.chains[name] for name in region)

    def _places_in(self, text: str) -> frozenset[str]:
        return frozenset(self._bare(match.group()) for match in self._name.finditer(fold_text(text)))

    def _bare(self, name: str) -> str:
        return name if name in self.chains else bare(name)


def _nation() -> dict[str, tuple[str, ...]]:
    chains: dict[str, tuple[str, ...]] = {}
    for province, cities in _PROVINCES.items():
        chains[province] = (province,)
        for city in cities.split():
            chains[city] = (province, city)
    return chains


NATION = Gazetteer()
"""What is known where a corpus says nothing of its home."""
