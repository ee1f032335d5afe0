"""${message}

Deploy rules. The code before this change still runs while it is applied, so:
- add columns as nullable or with a constant default, backfill in batches, enforce one revision later;
- a column leaves the code one release before it leaves the table;
- create an index on a big table with postgresql_concurrently, in an autocommit block;
- lock_timeout is 4 s and statement_timeout 60 s: what needs longer is done in batches.

Revision: ${up_revision}
Revises: ${down_revision | comma,n}
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
