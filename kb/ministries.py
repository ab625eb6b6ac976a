"""The ministries of the State Council (国务院组成部门, 2023), by their full names and the short ones that people use."""

from __future__ import annotations

import re

MINISTRY = re.compile(
    "(?:外交|国防|教育|科技|科学技术|工信|工业和信息化|公安|国安|民政|司法|财政|人社|人力资源和?社会保障|自然资源|生态环境"
    "|住建|住房和?城乡建设|交通运输?|水利|农业农村|商务|文旅|文化和?旅游|应急管理|退役军人事务)部(?!门)"
)
"""What is led by 委, 行 or 署 is called 国家… or 中国… in full; 卫健委 alone may be a city's as well."""
