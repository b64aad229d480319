-- Country code and three digits more, so that conversion can be told by network and region; no person's number.
ALTER TABLE messages ADD COLUMN area TEXT NOT NULL DEFAULT '';
-- The network that a report named.
ALTER TABLE attempts ADD COLUMN network TEXT;

-- What providers said after they had taken a message: each thing once, also where it moved nothing.
-- `provider_id` is set while the attempt that it belongs to is not known yet: a report can outrun a receipt.
CREATE TABLE reports (
  digest BLOB PRIMARY KEY, environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE,
  connector TEXT NOT NULL, message_id TEXT REFERENCES messages (id) ON DELETE CASCADE, attempt INTEGER,
  provider_id TEXT, status TEXT NOT NULL, kind TEXT, provider_code TEXT, text TEXT, network TEXT, segments INTEGER,
  price TEXT, currency TEXT, at INTEGER, received_at INTEGER NOT NULL, verified INTEGER NOT NULL,
  moved INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX reports_of_message ON reports (message_id, received_at) WHERE message_id IS NOT NULL;
CREATE INDEX reports_waiting ON reports (environment, connector, provider_id) WHERE message_id IS NULL;
CREATE INDEX reports_by_age ON reports (received_at);

-- A provider's id leads to its attempt.
CREATE TABLE provider_ids (
  environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE, connector TEXT NOT NULL,
  provider_id TEXT NOT NULL, message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL, PRIMARY KEY (environment, connector, provider_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX provider_ids_of_message ON provider_ids (message_id);

-- Messages that were taken and not tried yet.
CREATE INDEX messages_queued ON messages (created_at) WHERE status = 'queued';
CREATE INDEX messages_of_verification ON messages (verification_id) WHERE verification_id IS NOT NULL;
