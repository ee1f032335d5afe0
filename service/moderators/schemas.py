"""What crosses HTTP when moderators sign in."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from service.moderators.tables import Role


class SignInIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: str = Field(max_length=1000, examples=["aziza@news.example"])
    password: str = Field(max_length=1000, json_schema_extra={"format": "password"})
    cookie: bool = Field(
        default=False,
        description="Keep the session in a cookie instead of answering its token: for pages.",
    )


class ModeratorOut(BaseModel):
    id: UUID
    email: str = Field(description="`token:…`: a program, which has no address.")
    name: str


class SignInOut(BaseModel):
    token: str | None = Field(
        description="Send as `Authorization: Bearer …`; null where a cookie was asked for."
    )
    csrf_token: str = Field(
        description="Calls that change something and rely on the cookie send it as `X-CSRF-Token`."
    )
    expires_at: datetime = Field(description="Moves on with every call.")
    moderator: ModeratorOut


class MembershipOut(BaseModel):
    site: str = Field(description="The site's slug.")
    name: str
    role: Role


class MeOut(ModeratorOut):
    csrf_token: str | None = Field(description="null: a program, which has no cookie.")
    sites: list[MembershipOut]
