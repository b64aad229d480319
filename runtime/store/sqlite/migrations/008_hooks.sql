-- Where identity servers send their messages. What is secret of a hook (signing secrets, hashes of keys) is in `sealed`.
CREATE TABLE hooks (
  environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE, name TEXT NOT NULL, sender TEXT NOT NULL,
  document TEXT NOT NULL, sealed BLOB NOT NULL, version INTEGER NOT NULL, created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL, PRIMARY KEY (environment, name)
) STRICT, WITHOUT ROWID;
