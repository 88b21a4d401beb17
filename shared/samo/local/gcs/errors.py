"""What the JSON API answers when it refuses."""

from __future__ import annotations

from http import HTTPStatus


class ApiError(Exception):
    """A refusal: the HTTP status, and the message that Cloud Storage sends with it."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def body(self) -> dict[str, object]:
        """The document in the answer."""
        reason = self.status.phrase[0].lower() + self.status.phrase[1:].replace(" ", "")
        detail = {"domain": "global", "message": self.message, "reason": reason}
        return {"error": {"code": int(self.status), "message": self.message, "errors": [detail]}}
