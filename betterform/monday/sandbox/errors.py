"""Refusals in monday's own shape, by the codes of its error handling page."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An application error. It stands in `errors[]` of an answer with status 200; `status_code` is told inside.

    graphql-core copies `extensions` of a raised error into the answer.
    """

    def __init__(self, message: str, code: str, *, status_code: int = 200, error_data: Any = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.extensions: dict[str, Any] = {
            "code": code,
            "status_code": status_code,
            "error_data": error_data or {},
        }


class LockedBoard(ApiError):
    """The whole request is answered with HTTP 423, not with an entry beside other data."""

    def __init__(self, board_id: str) -> None:
        super().__init__(
            "The board is currently locked, please try again later",
            "RESOURCE_LOCKED",
            status_code=423,
            error_data={"board_id": board_id},
        )


class InvalidRecord(ApiError):
    """A rule of the board is broken: the whole request is answered with HTTP 422, and `error_data` is a list."""

    def __init__(self, item_id: str | None, faults: list[tuple[str, str]]) -> None:
        data = [
            {"itemId": item_id, "columnIds": [column_id], "message": message} for column_id, message in faults
        ]
        super().__init__("Data validation failed", "DATA_VALIDATIONS_ERROR", status_code=422, error_data=data)


def bad_value(column_id: str, column_type: str, given: object, message: str | None = None) -> ApiError:
    """What monday says to a value it cannot put into a column."""
    return ApiError(
        message
        or "invalid value, please check our API documentation for the correct data structure for this column.",
        "ColumnValueException",
        error_data={"column_id": column_id, "column_type": column_type, "column_value": repr(given)},
    )


def no_such_column(column_id: str) -> ApiError:
    return ApiError(
        "This column ID doesn't exist for the board",
        "InvalidColumnIdException",
        error_data={"column_id": column_id},
    )


def no_such_board(board_id: str) -> ApiError:
    return ApiError(
        "Board does not exist or is not accessible",
        "InvalidBoardIdException",
        error_data={"board_id": board_id},
    )


def no_such_item(item_id: str | None) -> ApiError:
    return ApiError(
        "Item not found in the board or is inactive",
        "ResourceNotFoundException",
        status_code=404,
        error_data={"resource_type": "item", "resource_id": item_id},
    )


def internal_server_error() -> ApiError:
    """The bare sentence that monday gives for anything from a hiccup to an unreachable webhook address."""
    return ApiError("Internal Server Error", "INTERNAL_SERVER_ERROR", status_code=500)
