"""What the component says to people, in English and 正體中文."""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping
from typing import Final

# A code of `readers.Fault`, or one of `check` itself: English, Chinese.
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "NO_PCSC": (
        "This computer's smart card service does not answer. Restart the computer; on Linux, install and start pcscd.",
        "這台電腦的智慧卡服務沒有回應。請重新開機；Linux 請安裝並啟動 pcscd。",
    ),
    "NO_READER": (
        "No card reader was found. Plug it in and wait a few seconds.",
        "找不到讀卡機。請插上讀卡機，稍等幾秒。",
    ),
    "NO_CARD": (
        "The reader is there, but no card is in. Put your NHI card in, chip first and facing up.",
        "找到讀卡機，但裡面沒有卡片。請把健保卡晶片朝上、晶片端先插入。",
    ),
    "NOT_NHI_CARD": (
        "There is a card in the reader, but it is not an NHI card.",
        "讀卡機裡有卡片，但不是健保卡。",
    ),
    "CARD_UNREADABLE": (
        "The card cannot be read. Take it out, wipe the chip with a soft dry cloth, and put it in again.",
        "卡片無法讀取。請取出卡片，用柔軟的乾布擦拭晶片，再插回去。",
    ),
    "CARD_PULLED": (
        "The card was taken out too early. Put it in again and leave it there.",
        "卡片太早抽出。請再插一次，先不要拔。",
    ),
    "READER_BUSY": (
        "Another program is using the reader. Close it and try again.",
        "另一個程式正在使用讀卡機。請關閉該程式再試一次。",
    ),
    "TWO_CARDS": (
        "There are cards in several readers. Leave only your NHI card in.",
        "有好幾台讀卡機都插了卡片。請只留下健保卡。",
    ),
    "NOT_SERVING": (
        "The component is not running yet. Start it with: nhi-card-agent serve",
        "元件尚未執行。請用這個指令啟動：nhi-card-agent serve",
    ),
    "SERVING": ("The component is running.", "元件正在執行。"),
    "READER": ("Card reader: {}", "讀卡機：{}"),
    "GOOD": ("The NHI card can be read.", "健保卡可以讀取。"),
    "INSTALLED": ("The component will start whenever you sign in.", "以後每次登入電腦，元件都會自動啟動。"),
    "UNINSTALLED": (
        "The component will no longer start by itself. If it still runs, it ends when you sign out.",
        "元件不會再自動啟動。如果還在執行，登出電腦後就會結束。",
    ),
}


def reads_chinese(environment: Mapping[str, str], system: str | None) -> bool:
    """Whether somebody reads Chinese: by the variables that programs go by, or else by the ``system``'s own setting."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    setting = next((environment[name] for name in names if environment.get(name)), system or "")
    return setting.lower().startswith(("zh", "chinese"))


def words(code: str, *details: str) -> str:
    """What ``code`` says to whoever sits at this computer. Raises :class:`KeyError` for a code without words."""
    english, chinese = _WORDS[code]
    return (chinese if reads_chinese(os.environ, locale.getlocale()[0]) else english).format(*details)
