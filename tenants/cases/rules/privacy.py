"""What applicants are told of their data before they say anything to it (个人信息保护法 17)."""

from collections.abc import Mapping
from typing import Final

_CHINESE = """\
一、您的个人信息由收件的政务服务中心和依法办理该事项的中心、部门处理，联系方式见该中心办事指南。
二、处理目的是依法受理、审查、决定和送达您申请的事项，属于履行法定职责，不以您的同意为前提\
（《个人信息保护法》第十三条第一款第三项）；您不愿办理的，可以撤回申请。
三、处理的信息包括姓名或名称、证件号码、联系电话、所在地、申请内容和您提交的材料。\
证件号码和电话加密保存，平时只显示掩码，工作人员查看完整信息须说明用途并留有记录。
四、办件档案依照档案管理的规定保存，其余记录到期删除。
五、用短信告知办理进展、以电子方式送达结果，您可以选择同意或者不同意，也可以随时撤回同意；\
不同意不影响办理，站内消息照常发送。
六、您有权查阅、复制、更正您的个人信息，依法请求删除，或者注销账户，可以在线提出，窗口协助您在线提出。
"""
_ENGLISH = """\
1. Your data are processed by the service center that takes your application in and by the centers \
and departments that handle it by law; their contacts stand in the guide.
2. They are processed to accept, review, decide and deliver what you apply for: a duty of law, \
which needs no consent (Personal Information Protection Law, art. 13(1)(3)). If you do not want \
it, you may withdraw the application.
3. They are name, identifier, phone, place, what you apply for and the materials that you hand in. \
Identifiers and phones are kept encrypted and shown masked; staff who look at them in full state a \
purpose, which is recorded.
4. The files of cases are kept as archive law says; other records are deleted when their time is \
over.
5. Whether you are told by text message and get the result electronically is your choice; you may \
withdraw it at any time. It changes nothing else, and messages in the app go on.
6. You have the right to read, copy and correct your data, to ask for their deletion as the law \
provides, and to close your account: online; a window helps you with it.
"""

_AT_WINDOWS: Final = (
    _CHINESE.replace("，窗口协助您在线提出。", "，也可以到窗口提出。"),
    _ENGLISH.replace(
        "account: online; a window helps you with it.", "account: online or at a window."
    ),
)

NOTICE: Final = "2026-12"
"""The version that is shown now."""

NOTICES: Final[Mapping[str, tuple[str, str]]] = {
    "2026-11": (_CHINESE, _ENGLISH),
    NOTICE: _AT_WINDOWS,
}
"""Every version that was ever shown → its text, zh-Hans and en; none is ever changed."""
