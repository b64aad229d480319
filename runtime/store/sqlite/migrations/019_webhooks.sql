-- Where the application is told what happened. Signing secrets are sealed; the one before counts for a while. Without
-- `events` all of them are told.
CREATE TABLE webhooks (
  id TEXT PRIMARY KEY, environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE, url TEXT NOT NULL,
  events TEXT, description TEXT, secret BLOB NOT NULL, old_secret BLOB, old_until INTEGER,
  enabled INTEGER NOT NULL, disabled_at INTEGER, disabled_why TEXT, failing_since INTEGER,
  created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX webhooks_of ON webhooks (environment, created_at);

-- What happened, as the very bytes that are signed and told. Written in the transaction of what it tells.
CREATE TABLE webhook_events (
  id TEXT PRIMARY KEY, environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE, type TEXT NOT NULL,
  at INTEGER NOT NULL, message_id TEXT, number_index BLOB, body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_events_by_age ON webhook_events (at);
CREATE INDEX webhook_events_of_number ON webhook_events (environment, number_index) WHERE number_index IS NOT NULL;
CREATE INDEX webhook_events_bad_news ON webhook_events (message_id) WHERE type = 'message.failed';

-- One row for each webhook that wants it. `round` counts the tries of the schedule, `tries` are the latest of all.
CREATE TABLE webhook_deliveries (
  id TEXT PRIMARY KEY, webhook TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  event TEXT NOT NULL REFERENCES webhook_events (id) ON DELETE CASCADE, status TEXT NOT NULL, due_at INTEGER NOT NULL,
  round INTEGER NOT NULL DEFAULT 0, tries TEXT NOT NULL DEFAULT '[]'
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook, due_at) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_of ON webhook_deliveries (webhook, id);
CREATE INDEX webhook_deliveries_by_status ON webhook_deliveries (webhook, status, id);
CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (event);
