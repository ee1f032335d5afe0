"""How far a site's comments have moved from those that its model version began with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db import Base


class DriftReading(Base, kw_only=True):
    """One day's measures of a site (``rules.Measures``), and which were alarms, by name."""

    __tablename__ = "drift_readings"
    __table_args__ = (Index("drift_readings_site_id_id_idx", "site_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_versions.id"))
    measures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    alarms: Mapped[dict[str, str]] = mapped_column(JSONB)
    measured_at: Mapped[datetime]
