"""The statements of the hot door. Each takes a whole batch, as arrays."""

from typing import Final

from sqlalchemy import text

FIND_KNOWN: Final = text("""
    SELECT 'article' AS kind, a.id, a.site_id, a.external_id AS key, a.url, a.title, a.is_open,
        NULL AS name, NULL AS email
    FROM unnest(CAST(:article_sites AS uuid[]), CAST(:article_ids AS text[]))
        AS g(site_id, external_id)
    JOIN articles a USING (site_id, external_id)
    UNION ALL
    SELECT 'author', a.id, a.site_id, a.identity, NULL, NULL, NULL, a.name, a.email
    FROM unnest(CAST(:author_sites AS uuid[]), CAST(:identities AS text[]))
        AS g(site_id, identity)
    JOIN authors a USING (site_id, identity)
""")
FIND_PARENTS: Final = text("""
    SELECT c.id, c.site_id, a.external_id AS article_id, c.status, c.has_replies,
        coalesce(c.thread_id, c.id) AS thread_id
    FROM comments c JOIN articles a ON a.id = c.article_id
    WHERE c.id = ANY(CAST(:ids AS uuid[]))
""")
FIND_STORED: Final = text("""
    SELECT c.id, c.site_id, c.external_id, c.fingerprint, c.status, c.created_at, c.decided_at
    FROM unnest(CAST(:site_ids AS uuid[]), CAST(:external_ids AS text[])) AS g(site_id, external_id)
    JOIN comments c USING (site_id, external_id)
    UNION ALL
    SELECT id, site_id, external_id, fingerprint, status, created_at, decided_at
    FROM comments WHERE id = ANY(CAST(:ids AS uuid[]))
""")
# A parent that is withdrawn meanwhile is not marked, so the reply finds nobody to stand under.
MARK_PARENTS: Final = text("""
    UPDATE comments SET has_replies = true
    WHERE status <> 'withdrawn' AND id IN (
        SELECT id FROM comments WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id
        FOR NO KEY UPDATE
    )
    RETURNING id
""")
PUT_ARTICLES: Final = text("""
    INSERT INTO articles (
        id, site_id, external_id, url, title, is_open, published_count, created_at
    )
    SELECT id, site_id, external_id, url, title, true, 0, created_at
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:site_ids AS uuid[]), CAST(:external_ids AS text[]),
        CAST(:urls AS text[]), CAST(:titles AS text[]), CAST(:times AS timestamptz[])
    ) AS g(id, site_id, external_id, url, title, created_at)
    ON CONFLICT (site_id, external_id) DO UPDATE SET url = excluded.url, title = excluded.title
    RETURNING id, site_id, external_id
""")
PUT_AUTHORS: Final = text("""
    INSERT INTO authors (
        id, site_id, identity, external_id, name, email, approved_count, rejected_count, created_at
    )
    SELECT id, site_id, identity, external_id, name, email, 0, 0, created_at
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:site_ids AS uuid[]), CAST(:identities AS text[]),
        CAST(:external_ids AS text[]), CAST(:names AS text[]), CAST(:emails AS text[]),
        CAST(:times AS timestamptz[])
    ) AS g(id, site_id, identity, external_id, name, email, created_at)
    ON CONFLICT (site_id, identity)
    DO UPDATE SET name = excluded.name, email = coalesce(excluded.email, authors.email)
    RETURNING id, site_id, identity
""")
# No target: a batch that is tried again after its commit went unheard meets its own ids.
PUT_COMMENTS: Final = text("""
    INSERT INTO comments (
        id, site_id, article_id, author_id, parent_id, thread_id, external_id, fingerprint,
        author_name, body, language_hint, reader_network, policy_shown, created_at,
        revision, has_replies, status, urgency, score_wanted
    )
    SELECT g.*, 1, false, 'pending', 0.0, false
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:site_ids AS uuid[]), CAST(:article_ids AS uuid[]),
        CAST(:author_ids AS uuid[]), CAST(:parent_ids AS uuid[]), CAST(:thread_ids AS uuid[]),
        CAST(:external_ids AS text[]),
        CAST(:fingerprints AS bytea[]), CAST(:author_names AS text[]), CAST(:bodies AS text[]),
        CAST(:language_hints AS text[]), CAST(:reader_networks AS text[]),
        CAST(:policies_shown AS text[]), CAST(:times AS timestamptz[])
    ) AS g
    ON CONFLICT DO NOTHING
    RETURNING id
""")
