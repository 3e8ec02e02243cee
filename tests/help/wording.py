"""What is wrong with a Chinese text, as a proofreader in Taiwan would mark it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HAN = "\u3400-\u9fff"
_FULL = "，。？！：；（）「」、…"
# Common characters that only Simplified Chinese has: Big5 has none of them.
_SIMPLIFIED = set(
    "业东丝两严个临为举义乐习书买亲亿仅从仓们众会传伤关务动劳势区医华单卖卫厅历压县参双发变号启员响团围国图场块声处备头夺奋妇学实审宽对导将层属岁岛币师带帮应开张当录总恶执扩扫护报择损摄数"
    "断无旧时显术权条来标样档梦检楼欢毕汇沟泪测济浏浓涨满灭点炼热爱牵状独环现电画监盖码积称稳穷签简类粮约级纪纳纸线组细织终经结给络统继绩续维综编缩罗职联脑脸节获营蓝虑虚补装规视览觉计订认"
    "讨让训记讲许论设访证评识诉词试话询该详语误说请读谁调谈谢账货质购贴费资赠车转轮软轻载较辅辆输达过运还这进远连迟选递遗邮释钟钥钱铁银锁错键长门闭问间际随隐难顺须顿预领频题颜风飞验"
)
# Words of the mainland that Taiwan says otherwise.
_ELSEWHERE = (
    "短信",
    "手機號",
    "登錄",
    "信息",
    "網絡",
    "屏幕",
    "默認",
    "用戶名",
    "軟件",
    "賬",
    "激活",
    "二維碼",
    "運營商",
    "移動網",
)

_RULES = (
    (rf"[{_HAN}][,.?!:;()]|[,.?!;)](?=[{_HAN}])", "half-width punctuation next to Chinese"),
    (rf"[{_HAN}][A-Za-z0-9]|[A-Za-z0-9][{_HAN}]", "no space between Chinese and Latin"),
    (rf"[{_HAN}] +[{_HAN}]|[{_FULL}] | [{_FULL}]|  ", "a space that does not belong"),
    (r"[。，]{2}|\.\.\.|--", "doubled punctuation"),
)


def faults(text: str) -> Iterator[str]:
    """Everything a proofreader would mark in ``text``. A ``{placeholder}`` counts as Latin."""
    plain = re.sub(r"\{\w+\}", "X1", text)
    for pattern, fault in _RULES:
        yield from (
            f"{fault}: …{plain[max(0, hit.start() - 6) : hit.end() + 6]}…" for hit in re.finditer(pattern, plain)
        )
    yield from (f"Simplified character {character}" for character in sorted(_SIMPLIFIED & set(text)))
    yield from (f"not said in Taiwan: {word}" for word in _ELSEWHERE if word in text)
