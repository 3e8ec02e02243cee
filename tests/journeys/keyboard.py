"""Hands that have no mouse and no finger: Tab, arrows, space and Enter. Wherever Tab leads, the focus must be seen."""

from __future__ import annotations

from tests.journeys.phone import PhoneInHand

_MOST_STOPS = 60
# What has the focus, if somebody who looks at the screen cannot tell: no outline, beside the screen, or covered.
_UNSEEN = """() => {
  const has = document.activeElement;
  if (has === document.body) return "";
  const style = getComputedStyle(has), box = has.getBoundingClientRect();
  const named = has.outerHTML.slice(0, 120);
  // The button inside a field for days has a ring of the browser's own; the field around it then has none.
  if (has.type === "date" && !has.matches(":focus-visible")) return "";
  if (!has.matches(":focus-visible")) return `not shown: ${named}`;
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return `no outline: ${named}`;
  const [left, right] = [Math.max(0, box.left), Math.min(innerWidth, box.right)];
  const [top, bottom] = [Math.max(0, box.top), Math.min(innerHeight, box.bottom)];
  if (left >= right || top >= bottom) return `beside the screen: ${named}`;
  const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const free = above === null || has.contains(above) || above.contains(has);
  return free ? "" : `covered by ${above.outerHTML.slice(0, 80)}: ${named}`;
}"""


def when_they_tab_to(phone: PhoneInHand, selector: str) -> None:
    """Press Tab until the first thing that fits ``selector`` has the focus."""
    for _ in range(_MOST_STOPS):
        if phone.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        phone.page.keyboard.press("Tab")
        assert phone.page.evaluate(_UNSEEN) == "", phone.path
    raise AssertionError(f"{selector} cannot be reached by Tab at {phone.path}")


def when_they_press_enter(phone: PhoneInHand, selector: str, leads_to: str) -> None:
    """Press Enter on something that leads to another page."""
    when_they_tab_to(phone, selector)
    phone.leaves_by_key("Enter").is_at(leads_to)


def when_they_tick(phone: PhoneInHand, selector: str) -> None:
    """Tick a box with the space bar."""
    when_they_tab_to(phone, selector)
    phone.page.keyboard.press("Space")
    assert phone.page.locator(selector).is_checked()


def when_they_write(phone: PhoneInHand, selector: str, text: str) -> None:
    """Type into a field."""
    when_they_tab_to(phone, selector)
    phone.page.keyboard.type(text)


def when_they_go_down_to(phone: PhoneInHand, selector: str, choice: str) -> None:
    """Choose from a list with the arrow keys."""
    when_they_tab_to(phone, selector)
    for _ in range(_MOST_STOPS):
        phone.page.keyboard.press("ArrowDown")
        if phone.page.locator(selector).input_value() == choice:
            return
    raise AssertionError(f"{choice} cannot be chosen in {selector}")


def when_they_choose(phone: PhoneInHand, name: str, choice: str) -> None:
    """Choose one of several with space and the arrow keys."""
    when_they_tab_to(phone, f"input[name={name}]")
    phone.page.keyboard.press("Space")
    for _ in range(_MOST_STOPS):
        if phone.page.locator(f"input[name={name}]:checked").input_value() == choice:
            return
        phone.page.keyboard.press("ArrowDown")
    raise AssertionError(f"{choice} cannot be chosen in {name}")


def when_they_write_day(phone: PhoneInHand, selector: str, day: str) -> None:
    """Type a day (YYYY-MM-DD) into the browser's own field, whose order is that of the browser's language: English."""
    year, month, date = day.split("-")
    when_they_write(phone, selector, f"{month}{date}{year}")
    assert phone.page.locator(selector).input_value() == day
