"""What is refused of large files on their way in."""

from http import HTTPStatus

from tongban.kernel.errors import DomainError, RequestError


class UploadNotFoundError(DomainError):
    code = "UPLOAD_NOT_FOUND"
    message_zh = "没有该上传，或它已过期、不属于您。"
    message_en = "There is no such upload of yours, or it has expired."


class UploadOffsetError(RequestError):
    http_status = HTTPStatus.CONFLICT
    code = "UPLOAD_OFFSET"
    message_zh = "已收到 {offset} 字节，请从该处继续。"
    message_en = "{offset} bytes have come: go on from there."


class UploadNotAllowedError(RequestError):
    http_status = HTTPStatus.FORBIDDEN
    code = "UPLOAD_NOT_ALLOWED"
    message_zh = "请先实名认证，再上传文件。"
    message_en = "Files are taken from a verified person, or from staff of the center."


class UploadPartsError(RequestError):
    http_status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "UPLOAD_PARTS"
    message_zh = "该上传的分段过多，请以更大的分段重新上传。"
    message_en = "This upload came in too many parts: begin anew, with larger ones."


class UploadRoomError(RequestError):
    http_status = HTTPStatus.INSUFFICIENT_STORAGE
    code = "UPLOAD_ROOM"
    message_zh = "本中心未提交的上传已满，请稍后再试。"
    message_en = "This center has no room for more uploads that wait: try again later."


class UploadSizeError(RequestError):
    http_status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "UPLOAD_SIZE"
    message_zh = "文件须有 1 至 {limit} 字节。"
    message_en = "A file has from 1 to {limit} bytes."


class UploadSlotsError(RequestError):
    http_status = HTTPStatus.TOO_MANY_REQUESTS
    code = "UPLOAD_SLOTS"
    message_zh = "最多同时有 {limit} 个未提交的上传，请先提交或删除。"
    message_en = "At most {limit} uploads wait at a time: hand one in, or delete it."


class UploadUnfinishedError(DomainError):
    code = "UPLOAD_UNFINISHED"
    message_zh = "文件“{filename}”尚未传完。"
    message_en = "{filename} has not come whole yet."


class UploadUsedError(DomainError):
    code = "UPLOAD_USED"
    message_zh = "文件“{filename}”已提交过，不能再次使用。"
    message_en = "{filename} was handed in before: an upload is used once."
