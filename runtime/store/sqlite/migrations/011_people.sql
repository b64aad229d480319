-- People who may use the console. An e-mail address is in lower case. What an identity provider calls a person is bound
-- at his first sign-in.
CREATE TABLE users (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, roles TEXT NOT NULL, issuer TEXT, subject TEXT,
  created_at INTEGER NOT NULL, disabled_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX users_by_subject ON users (issuer, subject) WHERE subject IS NOT NULL;

-- Browsers that are signed in. What somebody may do is not kept here: his key or his user says it at each request.
CREATE TABLE sessions (
  id TEXT PRIMARY KEY, token BLOB NOT NULL UNIQUE, actor_kind TEXT NOT NULL, actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL, how TEXT NOT NULL, browser TEXT NOT NULL, created_at INTEGER NOT NULL,
  last_seen INTEGER NOT NULL, expires_at INTEGER NOT NULL, ended_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_actor ON sessions (actor_kind, actor_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- Links that sign somebody in once. Without a user it is whoever can run this machine's command line.
CREATE TABLE links (
  token BLOB PRIMARY KEY, user_id TEXT REFERENCES users (id) ON DELETE CASCADE, expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT, WITHOUT ROWID;

ALTER TABLE api_keys ADD COLUMN last_used_at INTEGER;
