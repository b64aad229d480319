-- What the guard counts: rows that add up, by key and by hours or days since 1970.
CREATE TABLE guard_counts (
  environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE, scope TEXT NOT NULL, key TEXT NOT NULL,
  span TEXT NOT NULL, bucket INTEGER NOT NULL, sent INTEGER NOT NULL, cost_micros INTEGER NOT NULL,
  verified INTEGER NOT NULL, known INTEGER NOT NULL, fresh INTEGER NOT NULL, fresh_cost_micros INTEGER NOT NULL,
  proven INTEGER NOT NULL, proven_cost_micros INTEGER NOT NULL, numbers INTEGER NOT NULL,
  proven_numbers INTEGER NOT NULL, firsts INTEGER NOT NULL, seconds INTEGER NOT NULL, refused INTEGER NOT NULL,
  PRIMARY KEY (environment, scope, key, span, bucket)
) STRICT, WITHOUT ROWID;
CREATE INDEX guard_counts_by_age ON guard_counts (span, bucket);

-- Where a message was counted, and which of its fates was counted there since; until nobody can use its code any more.
CREATE TABLE guard_receipts (
  message_id TEXT PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE, until INTEGER NOT NULL, receipt TEXT NOT NULL,
  used INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX guard_receipts_by_end ON guard_receipts (until);

-- Messages that a rule fired for, whether they went out or not. Their numbers are masked.
CREATE TABLE guard_decisions (
  id TEXT PRIMARY KEY, environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE, at INTEGER NOT NULL,
  outcome TEXT NOT NULL, message_id TEXT, number_index BLOB NOT NULL, to_masked TEXT NOT NULL, country TEXT,
  purpose TEXT NOT NULL, source TEXT NOT NULL, cost_micros INTEGER NOT NULL, fired TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX guard_decisions_of ON guard_decisions (environment, id);
CREATE INDEX guard_decisions_by_outcome ON guard_decisions (environment, outcome, id);
CREATE INDEX guard_decisions_of_number ON guard_decisions (environment, number_index);
CREATE INDEX guard_decisions_by_age ON guard_decisions (at);
