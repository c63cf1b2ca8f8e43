"""The sheets that the register reads."""

from __future__ import annotations

from townwright.frame.workbooks.forms import Field, SheetForm

NAME = Field(
    "name",
    "text",
    {"zh": "企业名称", "en": "Name"},
    ("名称", "单位名称", "单位详细名称", "机构名称", "公司名称", "企业名称(全称)", "firm", "company"),
    required=True,
    max_length=300,
)
CODE = Field(
    "uscc",
    "code",
    {"zh": "统一社会信用代码", "en": "Unified social credit code"},
    ("信用代码", "社会信用代码", "统一信用代码", "uscc", "code"),
    max_length=80,
)

REGISTRY = SheetForm(
    "registry", {"zh": "企业名录", "en": "Register"},
    (
        NAME, CODE,
        Field("scheme", "text", {"zh": "代码类型", "en": "Code scheme"}, max_length=30),
        Field("name_en", "text", {"zh": "英文名称", "en": "English name"}, max_length=300),
        Field("registered_on", "date", {"zh": "成立日期", "en": "Registered on"}, ("注册日期", "登记日期", "reg_date", "设立日期")),
        Field("legal_form", "text", {"zh": "企业类型", "en": "Legal form"}, ("类型", "type", "市场主体类型"), max_length=100),
        Field("capital", "text", {"zh": "注册资本", "en": "Registered capital"}, ("注册资金", "capital"), max_length=200, amount=True),
        Field("business_scope", "text", {"zh": "经营范围", "en": "Business scope"}, ("scope",), max_length=20_000),
        Field("address", "text", {"zh": "住所", "en": "Address"}, ("地址", "注册地址", "经营地址", "住址"), max_length=500),
        Field("arrived_on", "date", {"zh": "入驻日期", "en": "Arrived on"}, ("入园日期", "落户日期")),
        Field("left_on", "date", {"zh": "迁出日期", "en": "Left on"}, ("退出日期", "离园日期")),
        Field("industry_code", "code", {"zh": "行业代码", "en": "Industry code"}, ("国民经济行业代码",), max_length=10),
        Field("industry_edition", "text", {"zh": "行业分类版本", "en": "Industry edition"}, ("行业版本",), max_length=20),
        Field("tags", "text", {"zh": "标签", "en": "Tags"}, ("企业标签",), max_length=300),
        Field("kind", "text", {"zh": "主体类别", "en": "Kind"}, max_length=20),
        Field("sample", "boolean", {"zh": "示例数据", "en": "Sample"}),
    ),
    ("uscc", "name"),
)  # fmt: skip

ALLIANCE = SheetForm(
    "alliance-members", {"zh": "联盟成员", "en": "Alliance members"},
    (
        Field("alliance", "text", {"zh": "联盟名称", "en": "Alliance"}, ("联盟",), required=True, max_length=300), NAME, CODE,
        Field("joined_on", "date", {"zh": "加入日期", "en": "Joined on"}, ("入盟日期",), required=True),
        Field("left_on", "date", {"zh": "退出日期", "en": "Left on"}, ("退盟日期",)),
        Field("founder", "boolean", {"zh": "发起单位", "en": "Founder"}, ("是否发起单位",)),
    ),
    ("alliance", "uscc", "name"),
)  # fmt: skip
