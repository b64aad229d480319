-- When a connector was deleted: its tombstone does not stay for ever.
ALTER TABLE connectors ADD COLUMN deleted_at INTEGER;

-- A number that was erased: what was counted against it is forgotten then.
ALTER TABLE number_failures ADD COLUMN forget_at INTEGER;
CREATE INDEX number_failures_to_forget ON number_failures (forget_at) WHERE forget_at IS NOT NULL;

-- Sends of the last hour to numbers that were erased since: they still count for cooldown and cap, by a keyed index.
CREATE TABLE erased_sends (
  environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE, number_index BLOB NOT NULL,
  client_index BLOB, created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX erased_sends_by_number ON erased_sends (environment, number_index, created_at);
CREATE INDEX erased_sends_by_client ON erased_sends (environment, client_index, created_at) WHERE client_index IS NOT NULL;

-- What people did that others may have to account for. Names no person's number.
CREATE TABLE audit (
  id TEXT PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_by_time ON audit (at);
