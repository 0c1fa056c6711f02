"""What the pages of centres share. No handler."""

from typing import Any

from litestar import Request

AnyRequest = Request[Any, Any, Any]


async def texts_of(request: AnyRequest) -> dict[str, str]:
    """Every field of the form that is text, less what no text holds."""
    form = await request.form()
    return {name: value.replace("\0", "").strip() for name, value in form.items() if isinstance(value, str)}


async def text_of(request: AnyRequest, name: str) -> str:
    return (await texts_of(request)).get(name, "")
