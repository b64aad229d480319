-- Who did what. `actor` is an id, as it was; entries of earlier versions have neither kind nor name.
ALTER TABLE audit ADD COLUMN actor_kind TEXT;
ALTER TABLE audit ADD COLUMN actor_name TEXT;
ALTER TABLE audit ADD COLUMN environment TEXT;
ALTER TABLE audit ADD COLUMN target TEXT;
ALTER TABLE audit ADD COLUMN outcome TEXT;
CREATE INDEX audit_by_action ON audit (action, at);
CREATE INDEX audit_by_actor ON audit (actor, at);
CREATE INDEX audit_by_environment ON audit (environment, at) WHERE environment IS NOT NULL;

-- Append-only. What may go by its age is told first, in `meta`. Deleting anything else does nothing rather than failing:
-- the version before this one purges too, and must not stumble here.
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = new.id)
BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
WHEN old.at >= coalesce((SELECT CAST(CAST(value AS TEXT) AS INTEGER) FROM meta WHERE name = 'audit_kept_from'), 0)
BEGIN SELECT raise(IGNORE); END;

-- Who saved a revision: an actor.
ALTER TABLE revisions ADD COLUMN saved_by TEXT;

-- When a revision served, or was on trial (`why`). No end: it does so still.
CREATE TABLE switches (
  environment TEXT NOT NULL, connector TEXT NOT NULL, revision INTEGER NOT NULL, from_at INTEGER NOT NULL,
  why TEXT NOT NULL, begun_by TEXT, until_at INTEGER, ended TEXT, ended_by TEXT,
  FOREIGN KEY (environment, connector) REFERENCES connectors (environment, name) ON DELETE CASCADE
) STRICT;
CREATE INDEX switches_by_revision ON switches (environment, connector, revision, from_at);
CREATE INDEX switches_open ON switches (environment, connector) WHERE until_at IS NULL;
-- Nobody noted when what serves began to. Not before it was saved.
INSERT INTO switches (environment, connector, revision, from_at, why)
  SELECT c.environment, c.name, c.serving, r.created_at, 'earlier' FROM connectors c
  JOIN revisions r ON r.environment = c.environment AND r.connector = c.name AND r.number = c.serving
  WHERE NOT c.deleted;
