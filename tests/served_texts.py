"""Three short documents to be served, one of them for staff alone, and a benefit that rests on one."""

from __future__ import annotations

import shutil
from pathlib import Path

from indexing import CORPUS, index_folder

from ingest.settings import Settings
from service.storage import Storage

CANTEEN = (
    "长者食堂管理办法\n公开方式：主动公开\n文号：东政发〔2020〕7号\n成文日期：2020年1月5日\n"
    "第一条　年满七十周岁的老年人每餐补贴三元。\n第二条　食堂应当留样四十八小时。\n"
)
LIFT = (
    "加装电梯办法\n公开方式：主动公开\n文号：东住建发〔2021〕9号\n成文日期：2021年3月1日\n"
    "第一条　每台电梯补助二十万元。\n第二条　自受理之日起十五日内办结。\n"
)
DUTY = "值班安排\n公开方式：不予公开\n第一条　夜间值班室电话为八八六六。\n"
BENEFIT = """
title = "老年人就餐补贴"
gives = "每餐补贴三元"
for = "person"
topic = "养老"
region = "杭州市"
source = "canteen"
how = "到食堂登记"
ask_at = "社区"

[when]
all = [{ fact = "age", at_least = 70, clause = "canteen#a1", quote = "年满七十周岁的老年人每餐补贴三元" }]

[[amount]]
value = 3
unit = "元每餐"
clause = "canteen#a1"
quote = "每餐补贴三元"
"""
QUESTION = "老年人每餐补贴多少元？"
SECRET = "夜间值班室电话是多少？"


def settings_of(folder: Path) -> Settings:
    """Index the documents below `folder` and give the settings to serve them by."""
    documents, benefits = folder / "documents", folder / "benefits"
    documents.mkdir()
    benefits.mkdir()
    for name, text in (("canteen", CANTEEN), ("lift", LIFT), ("duty", DUTY)):
        (documents / f"{name}.txt").write_text(text, "utf-8")
    shutil.copy(CORPUS / "benefits" / "facts.toml", benefits)
    (benefits / "meals.toml").write_text(BENEFIT, "utf-8")
    index_folder(documents, folder / "index")
    return Settings(index_dir=folder / "index", benefits_dir=benefits)


def staff_token(settings: Settings) -> str:
    """Give the token of staff, which is made once."""
    storage = Storage.of_settings(settings)
    token = storage.staff.first_token()
    storage.close()
    assert token
    return token
