"""What crosses HTTP about a site's own settings."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from ml.labels import Label
from service.sites import markdown, preferences, reasons
from service.sites.configuring import Wanted
from service.sites.preferences import EmailField, ProofOfWork
from service.sites.reader_language import ReaderLanguage
from service.sites.reasons import Ground, RejectReason
from service.sites.rules import RequirableField
from service.sites.tables import Site, SiteText

_SECONDS_SUFFIX = "_seconds"

EditWindow = Annotated[
    int,
    Field(
        ge=0,
        le=int(preferences.EDIT_MAX.total_seconds()),
        strict=True,
        description="How long readers may change what they wrote; 0 is never.",
        examples=[300],
    ),
]
WithdrawWindow = Annotated[
    int,
    Field(
        ge=0,
        le=int(preferences.WITHDRAW_MAX.total_seconds()),
        strict=True,
        description="How long readers may take back what they wrote; 0 is never.",
        examples=[86_400],
    ),
]
AgeAlert = Annotated[
    int | None,
    Field(
        ge=int(preferences.AGE_ALERT_MIN.total_seconds()),
        le=int(preferences.AGE_ALERT_MAX.total_seconds()),
        strict=True,
        description="No held comment should wait longer; null is no alert.",
        examples=[3600],
    ),
]
AuditShare = Annotated[
    float,
    Field(
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Share of what is decided without a person that one judges, blind.",
    ),
]
ReportsHoldAt = Annotated[
    int,
    Field(
        ge=1,
        le=preferences.REPORTS_MAX,
        strict=True,
        description=(
            "So many readers' reports hold a published comment again; readers of one network count "
            "as one. Twice as many, where a person let the same text stand against reports before."
        ),
    ),
]
ThinksTwice = Annotated[
    bool,
    Field(
        strict=True,
        description="Ask a reader whose comment would be held, once, to reconsider it.",
    ),
]


class ReasonShape(BaseModel):
    """One line of the list that moderators reject by."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(max_length=40, examples=["insult"])]
    title: Annotated[str, Field(max_length=reasons.TITLE_MAX_CHARS, examples=["Insult"])]
    sentence: Annotated[
        str,
        Field(
            max_length=reasons.SENTENCE_MAX_CHARS,
            description="What the author is told.",
            examples=["The comment belittles a person or a group of people."],
        ),
    ]
    labels: Annotated[
        list[Label],
        Field(max_length=len(Label), description="What a rejection for this teaches."),
    ]
    ground: Ground

    @classmethod
    def of(cls, reason: RejectReason) -> Self:
        return cls(
            code=reason.code,
            title=reason.title,
            sentence=reason.sentence,
            labels=list(reason.labels),
            ground=reason.ground,
        )

    def reason(self) -> RejectReason:
        return RejectReason(self.code, self.title, self.sentence, tuple(self.labels), self.ground)


class TextOut(BaseModel):
    """The policy that readers see, in one language."""

    language: ReaderLanguage
    version: int
    markdown: str
    html: Annotated[str, Field(description="Safe to insert into a page as it is.")]
    saved_by: str
    saved_at: datetime

    @classmethod
    def of(cls, text: SiteText) -> Self:
        return cls(
            language=ReaderLanguage(text.language),
            version=text.version,
            markdown=text.markdown,
            html=markdown.to_html(text.markdown),
            saved_by=text.saved_by,
            saved_at=text.saved_at,
        )


class TextsOut(BaseModel):
    items: list[TextOut]


class TextIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    markdown: Annotated[
        str,
        Field(
            max_length=markdown.MARKDOWN_MAX_CHARS,
            description="CommonMark without HTML and images; empty takes the policy back.",
            examples=["**Stay on the topic.** We publish no insults."],
        ),
    ]


class SiteOut(BaseModel):
    """A site and its settings."""

    slug: str
    name: str
    url: str
    required_fields: list[RequirableField]
    reject_reasons: Annotated[
        list[ReasonShape], Field(description="The site's own list, or the built-in one.")
    ]
    email: Annotated[EmailField, Field(description="Whether readers are asked for an address.")]
    edit_window_seconds: EditWindow
    withdraw_window_seconds: WithdrawWindow
    thinks_twice: ThinksTwice
    reports_hold_at: ReportsHoldAt
    age_alert_seconds: AgeAlert
    proof_of_work: ProofOfWork
    audit_share: AuditShare

    @classmethod
    def of(cls, site: Site) -> Self:
        chosen = preferences.of_site(site)
        return cls(
            slug=site.slug,
            name=site.name,
            url=site.url,
            required_fields=[RequirableField(each) for each in site.required_fields],
            reject_reasons=[ReasonShape.of(each) for each in reasons.of_site(site.reject_reasons)],
            email=chosen.email,
            edit_window_seconds=_seconds(chosen.edit_window),
            withdraw_window_seconds=_seconds(chosen.withdraw_window),
            thinks_twice=chosen.thinks_twice,
            reports_hold_at=chosen.reports_hold_at,
            age_alert_seconds=None if chosen.age_alert is None else _seconds(chosen.age_alert),
            proof_of_work=chosen.proof_of_work,
            audit_share=chosen.audit_share,
        )


class SiteIn(BaseModel):
    """What is to change; what is left out stays as it is."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"edit_window_seconds": 600, "email": "required"}]},
    )

    name: Annotated[str, Field(max_length=200)] = ""
    url: Annotated[str, Field(max_length=2000)] = ""
    required_fields: list[RequirableField] = []
    reject_reasons: Annotated[
        list[ReasonShape],
        Field(
            max_length=reasons.REASONS_MAX,
            description="The first nine have the keys 1 to 9; an empty list: the built-in one.",
        ),
    ] = []
    email: EmailField = EmailField.OPTIONAL
    edit_window_seconds: EditWindow = 0
    withdraw_window_seconds: WithdrawWindow = 0
    thinks_twice: ThinksTwice = True
    reports_hold_at: ReportsHoldAt = 1
    age_alert_seconds: AgeAlert = None
    proof_of_work: ProofOfWork = ProofOfWork.UNDER_ATTACK
    audit_share: AuditShare = 0.0

    def wanted(self) -> Wanted:
        """Return what was sent; the defaults above stand for nothing."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        own = sent.pop("reject_reasons", None)
        return Wanted(
            name=sent.pop("name", None),
            url=sent.pop("url", None),
            required_fields=sent.pop("required_fields", None),
            reject_reasons=None if own is None else _reasons(own),
            preferences=_chosen(sent),
        )


def _reasons(sent: Iterable[ReasonShape]) -> list[RejectReason]:
    return [each.reason() for each in sent]


def _chosen(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return choices by their names, with their units: seconds are durations."""
    return {
        name.removesuffix(_SECONDS_SUFFIX): timedelta(seconds=value)
        if name.endswith(_SECONDS_SUFFIX) and value is not None
        else value
        for name, value in sent.items()
    }


def _seconds(duration: timedelta) -> int:
    return round(duration.total_seconds())
