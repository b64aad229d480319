-- Times are milliseconds since 1970 in UTC. Sealed columns are opaque here: the master key is elsewhere.

CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, roles TEXT NOT NULL, environment TEXT, hash BLOB NOT NULL UNIQUE,
  created_at INTEGER NOT NULL, revoked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE environments (
  name TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('development', 'production')),
  display_name TEXT NOT NULL, created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO environments VALUES ('development', 'development', 'Countersign', 0), ('production', 'production', 'Countersign', 0);

CREATE TABLE settings (
  environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE, kind TEXT NOT NULL,
  document TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (environment, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE components (
  digest TEXT PRIMARY KEY, id TEXT NOT NULL, version TEXT NOT NULL, package TEXT NOT NULL, size INTEGER NOT NULL,
  compile_ms INTEGER NOT NULL, instantiate_us INTEGER NOT NULL, exports TEXT NOT NULL, built_in INTEGER NOT NULL,
  created_at INTEGER NOT NULL, UNIQUE (id, version)
) STRICT, WITHOUT ROWID;

-- Apart from its description, so that listing components reads no megabytes.
CREATE TABLE artifacts (
  digest TEXT PRIMARY KEY REFERENCES components (digest) ON DELETE CASCADE, wasm BLOB NOT NULL
) STRICT;

-- A deleted connector stays as a tombstone: its numbering goes on if the name comes back.
CREATE TABLE connectors (
  environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE, name TEXT NOT NULL,
  serving INTEGER, newest INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (environment, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE revisions (
  environment TEXT NOT NULL, connector TEXT NOT NULL, number INTEGER NOT NULL,
  component_digest TEXT NOT NULL REFERENCES components (digest), config TEXT NOT NULL, templates TEXT NOT NULL,
  senders TEXT NOT NULL, approved TEXT NOT NULL, secret_versions TEXT NOT NULL, created_at INTEGER NOT NULL,
  PRIMARY KEY (environment, connector, number),
  FOREIGN KEY (environment, connector) REFERENCES connectors (environment, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX revisions_by_component ON revisions (component_digest);

CREATE TABLE secrets (
  environment TEXT NOT NULL, connector TEXT NOT NULL, field TEXT NOT NULL, version INTEGER NOT NULL,
  sealed BLOB NOT NULL, bindings TEXT NOT NULL, created_at INTEGER NOT NULL,
  PRIMARY KEY (environment, connector, field, version),
  FOREIGN KEY (environment, connector) REFERENCES connectors (environment, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE channels (
  environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE, channel TEXT NOT NULL,
  active TEXT, fallback TEXT NOT NULL, PRIMARY KEY (environment, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE verifications (
  id TEXT PRIMARY KEY, environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE,
  purpose TEXT NOT NULL, channel TEXT NOT NULL, locale TEXT NOT NULL, recipient BLOB NOT NULL,
  number_index BLOB NOT NULL, pair_index BLOB NOT NULL, subject TEXT, client_ip TEXT, metadata TEXT,
  status TEXT NOT NULL, code_key INTEGER NOT NULL, code_length INTEGER NOT NULL, attempts_left INTEGER NOT NULL,
  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, resend_after INTEGER NOT NULL,
  ambiguous_failover_used INTEGER NOT NULL, delivery TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX verifications_by_end ON verifications (expires_at);

CREATE TABLE number_failures (
  environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE, number_index BLOB NOT NULL,
  pair_index BLOB NOT NULL, consecutive INTEGER NOT NULL, blocked_until INTEGER,
  PRIMARY KEY (environment, number_index, pair_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
  id TEXT PRIMARY KEY, environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE,
  verification_id TEXT, purpose TEXT NOT NULL, locale TEXT NOT NULL, to_masked TEXT NOT NULL,
  number_index BLOB NOT NULL, country TEXT, content BLOB, status TEXT NOT NULL, used INTEGER,
  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_by_number ON messages (environment, number_index, created_at);
CREATE INDEX messages_with_content ON messages (expires_at) WHERE content IS NOT NULL;

CREATE TABLE attempts (
  message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE, number INTEGER NOT NULL,
  connector TEXT NOT NULL, revision INTEGER NOT NULL, reference TEXT NOT NULL, status TEXT NOT NULL,
  kind TEXT, certainty TEXT, provider_code TEXT, text TEXT, provider_ids TEXT NOT NULL DEFAULT '[]',
  segments INTEGER, elapsed_ms INTEGER, started_at INTEGER NOT NULL, PRIMARY KEY (message_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_open ON attempts (started_at) WHERE status = 'sending';

CREATE TABLE idempotency (
  scope BLOB PRIMARY KEY, body BLOB NOT NULL, status INTEGER, sealed BLOB, abandoned_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_end ON idempotency (expires_at);
