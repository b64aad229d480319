-- Messages to a country by the hour, but for those that certainly were not sent: what a day's cap is read from.
CREATE TABLE country_counts (
  environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE, country TEXT NOT NULL,
  hour INTEGER NOT NULL, sent INTEGER NOT NULL, PRIMARY KEY (environment, country, hour)
) STRICT, WITHOUT ROWID;

-- Production begins closed. One that has sent before this goes on as it was, until its operator says otherwise.
INSERT INTO settings (environment, kind, document, version)
  SELECT name, 'policy', '{"destinations":{"countries":"all"}}', 1 FROM environments e
  WHERE e.kind = 'production' AND EXISTS (SELECT 1 FROM messages m WHERE m.environment = e.name)
  ON CONFLICT (environment, kind) DO UPDATE
  SET document = json_set(document, '$.destinations', json('{"countries":"all"}')), version = version + 1;

-- Numbers that are locked, the one that is free first in front.
CREATE INDEX numbers_locked ON number_failures (environment, blocked_until)
  WHERE pair_index = x'' AND blocked_until IS NOT NULL;
