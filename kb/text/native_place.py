"""How one says where somebody is registered or comes from: 户口在安徽, 安徽户口, 老家安徽, 安徽人.

The forms take the pattern of a place and give the pattern of what is said, so that who reads facts and who reads
questions read alike.
"""

from __future__ import annotations

_WORD = "(?:户口|户籍)"


def registered(behind: str, before: str) -> str:
    """Give the pattern of a 户口 with its place `behind` or `before` it."""
    between = "(?:上|落|迁|挂|现|还|仍|都|也|一直|应该|是){0,4}(?:是|为|系)?(?:在|到|于|来|进)?"
    return rf"{_WORD}(?:所在)?(?:地|本)?{between}{behind}|{before}(?:农村|农业|城镇|居民|集体|本地)?{_WORD}"


def left(place: str) -> str:
    """Give the pattern of a place that somebody comes from on the way to another (从安徽来杭州)."""
    return rf"从{place}(?=来|过来|搬|迁|回)"


def native(behind: str, before: str) -> str:
    """Give the pattern of where somebody comes from, with its place `behind` or `before`."""
    return rf"(?:老家)(?:在|是)?{behind}|{before}人(?![家口民大才社均员])"
