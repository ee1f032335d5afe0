"""What crosses HTTP about webhooks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from service import texts
from service.webhooks.tables import Attempt, Delivery, DeliveryState, Endpoint

URL_MAX_CHARS = 2000


class EndpointIn(BaseModel):
    """An address that is told of every new status."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[
        str,
        Field(
            min_length=1,
            max_length=URL_MAX_CHARS,
            description="Where to send; https, and publicly reachable.",
            examples=["https://news.example/hooks/parley"],
        ),
        AfterValidator(texts.check_identifier),
    ]


class EndpointOut(BaseModel):
    """An address that is told, or was until it was disabled."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    url: str
    created_at: datetime
    disabled_at: Annotated[
        datetime | None, Field(description="Since when nothing is sent there any more.")
    ]


class NewEndpointOut(EndpointOut):
    """A new address, and the secret that signs what is sent there, shown this once."""

    secret: Annotated[str, Field(description="For a Standard Webhooks library: `whsec_…`.")]

    @classmethod
    def of(cls, endpoint: Endpoint, secret: str) -> Self:
        known = EndpointOut.model_validate(endpoint)
        return cls(**known.model_dump(), secret=secret)


class RedeliverIn(BaseModel):
    """From when on what was given up is sent again."""

    model_config = ConfigDict(extra="forbid")

    since: Annotated[AwareDatetime, Field(examples=["2026-11-25T00:00:00Z"])]


class RedeliveredOut(BaseModel):
    """How much is sent again."""

    redelivered: int


class EndpointsOut(BaseModel):
    """All addresses of the site."""

    items: list[EndpointOut]


class AttemptOut(BaseModel):
    """One attempt: the site's status code, or why there was none."""

    model_config = ConfigDict(from_attributes=True)

    attempted_at: datetime
    status_code: int | None
    error: str | None


class DeliveryOut(BaseModel):
    """Something that an address is or was owed."""

    id: Annotated[UUID, Field(description="Sent as `webhook-id`, the same on every attempt.")]
    event: str
    payload: Annotated[dict[str, Any], Field(description="The body, as it is sent.")]
    state: DeliveryState
    next_attempt_at: Annotated[
        datetime | None, Field(description="When it is tried next; null when it is settled.")
    ]
    created_at: datetime
    attempts: list[AttemptOut]

    @classmethod
    def of(cls, delivery: Delivery, attempts: Sequence[Attempt]) -> Self:
        is_due = delivery.state is DeliveryState.DUE
        return cls(
            id=delivery.id,
            event=delivery.event,
            payload=delivery.payload,
            state=delivery.state,
            next_attempt_at=delivery.next_attempt_at if is_due else None,
            created_at=delivery.created_at,
            attempts=[AttemptOut.model_validate(each) for each in attempts],
        )
