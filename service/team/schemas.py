"""What crosses HTTP about a site's team, and its keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from service.moderators.rules import EMAIL_MAX_CHARS, NAME_MAX_CHARS, TokenScope
from service.moderators.tables import AccountLink, ModeratorToken, Role
from service.sites.scopes import USUAL, Scope
from service.sites.tables import ApiKey, ChangeKind, SiteChange
from service.team.queries import Member


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MemberOut(BaseModel):
    id: UUID
    email: str
    name: str
    role: Role
    since: datetime
    signed_in_at: Annotated[
        datetime | None,
        Field(description="When the newest open session began; null: there is none."),
    ]

    @classmethod
    def of(cls, member: Member) -> Self:
        who, role, since, signed_in_at = member
        return cls(
            id=who.id,
            email=who.email,
            name=who.name,
            role=role,
            since=since,
            signed_in_at=signed_in_at,
        )


class InvitationOut(BaseModel):
    id: UUID
    email: str
    role: Role
    made_by: str
    made_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, link: AccountLink) -> Self:
        return cls.model_validate(link, from_attributes=True)


class TokenOut(BaseModel):
    id: UUID
    name: Annotated[str, Field(description="The name that its decisions bear.")]
    prefix: Annotated[str, Field(description="The token begins with `parleymod_` and this.")]
    scopes: list[TokenScope]
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: Annotated[datetime | None, Field(description="When it was last seen; null: never.")]

    @classmethod
    def of(cls, token: ModeratorToken, name: str) -> Self:
        return cls(
            id=token.id,
            name=name,
            prefix=token.prefix,
            scopes=[TokenScope(each) for each in token.scopes],
            made_by=token.made_by,
            made_at=token.made_at,
            expires_at=token.expires_at,
            revoked_at=token.revoked_at,
            used_at=token.used_at,
        )


class TeamOut(BaseModel):
    members: list[MemberOut]
    invitations: Annotated[list[InvitationOut], Field(description="Open ones.")]
    tokens: list[TokenOut]

    @classmethod
    def of(
        cls,
        members: Sequence[Member],
        invitations: Sequence[AccountLink],
        tokens: Sequence[tuple[ModeratorToken, str]],
    ) -> Self:
        return cls(
            members=[MemberOut.of(each) for each in members],
            invitations=[InvitationOut.of(each) for each in invitations],
            tokens=[TokenOut.of(token, name) for token, name in tokens],
        )


class InvitationIn(_Sent):
    email: Annotated[str, Field(max_length=EMAIL_MAX_CHARS, examples=["aziza@news.example"])]
    role: Role


class InvitedOut(BaseModel):
    invitation: InvitationOut
    url: Annotated[str, Field(description="Hand it to the person; it is not shown again.")]


class RoleIn(_Sent):
    role: Role


class LinkOut(BaseModel):
    url: Annotated[str, Field(description="Hand it to the person; it is not shown again.")]
    expires_at: datetime


class TokenIn(_Sent):
    name: Annotated[str, Field(max_length=NAME_MAX_CHARS, examples=["Night shift, Agency B"])]
    scopes: Annotated[
        list[TokenScope], Field(min_length=1, max_length=len(TokenScope), examples=[["read"]])
    ]
    expires_at: Annotated[AwareDatetime, Field(description="A year from now at most.")]


class IssuedTokenOut(BaseModel):
    token: TokenOut
    text: Annotated[
        str, Field(description="Send as `Authorization: Bearer …`; it is not shown again.")
    ]


class KeyOut(BaseModel):
    prefix: Annotated[str, Field(description="The key begins with `parley_` and this.")]
    name: str
    scopes: list[Scope]
    created_at: datetime
    revoked_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        return cls.model_validate(key, from_attributes=True)


class KeysOut(BaseModel):
    items: list[KeyOut]


class KeyIn(_Sent):
    name: Annotated[str, Field(max_length=200, examples=["backend"])]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))] = list(USUAL)
    for_host_names: Annotated[
        bool, Field(description="For clients that send it as a part of our host name.")
    ] = False


class IssuedKeyOut(BaseModel):
    key: KeyOut
    text: Annotated[
        str, Field(description="Send as `Authorization: Bearer …`; it is not shown again.")
    ]


class ChangeOut(BaseModel):
    """A line of the site's log."""

    kind: ChangeKind
    changed_by: str
    changed_at: datetime
    details: dict[str, object]

    @classmethod
    def of(cls, change: SiteChange) -> Self:
        return cls.model_validate(change, from_attributes=True)


class ChangesOut(BaseModel):
    items: list[ChangeOut]
