-- What a connector's provider asks, as it was sent.
CREATE TABLE prices (
  environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE, connector TEXT NOT NULL,
  currency TEXT NOT NULL, document TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (environment, connector)
) STRICT;

-- What a part cost by the list when it was sent, in millionths; what the provider told of the whole; and what the call took:
-- processor time in microseconds, and bytes.
ALTER TABLE attempts ADD COLUMN list_micros INTEGER;
ALTER TABLE attempts ADD COLUMN list_currency TEXT;
ALTER TABLE attempts ADD COLUMN told_micros INTEGER;
ALTER TABLE attempts ADD COLUMN told_currency TEXT;
ALTER TABLE attempts ADD COLUMN cpu_us INTEGER;
ALTER TABLE attempts ADD COLUMN memory_bytes INTEGER;
ALTER TABLE attempts ADD COLUMN bytes_out INTEGER;
ALTER TABLE attempts ADD COLUMN bytes_in INTEGER;
-- What a provider took, or may have taken, in how many parts: no text has more than 255.
ALTER TABLE attempts ADD COLUMN taken INTEGER AS (status IN ('accepted', 'delivered', 'undelivered', 'unknown')) VIRTUAL;
ALTER TABLE attempts ADD COLUMN parts INTEGER AS (CASE WHEN taken THEN min(max(coalesce(segments, 1), 1), 255) ELSE 0 END) VIRTUAL;
-- What it cost: the provider's word, else the list's.
ALTER TABLE attempts ADD COLUMN cost_by TEXT AS (CASE WHEN told_micros IS NOT NULL THEN 'provider'
  WHEN taken AND list_micros IS NOT NULL THEN 'list' END) VIRTUAL;
ALTER TABLE attempts ADD COLUMN cost_micros INTEGER AS (CASE cost_by WHEN 'provider' THEN told_micros
  WHEN 'list' THEN list_micros * parts END) VIRTUAL;
ALTER TABLE attempts ADD COLUMN cost_currency TEXT AS (CASE cost_by WHEN 'provider' THEN told_currency
  WHEN 'list' THEN list_currency END) VIRTUAL;

-- Bills by the day (since 1970, UTC) on which it was sent. They outlive the log, and have no number in them. Country '' is none.
CREATE TABLE bills (
  environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE, connector TEXT NOT NULL,
  day INTEGER NOT NULL, country TEXT NOT NULL, accepted INTEGER NOT NULL DEFAULT 0, delivered INTEGER NOT NULL DEFAULT 0,
  undelivered INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0, unknown INTEGER NOT NULL DEFAULT 0,
  segments INTEGER NOT NULL DEFAULT 0, unpriced INTEGER NOT NULL DEFAULT 0, verified INTEGER NOT NULL DEFAULT 0,
  cpu_us INTEGER NOT NULL DEFAULT 0, memory_bytes INTEGER NOT NULL DEFAULT 0, bytes_out INTEGER NOT NULL DEFAULT 0,
  bytes_in INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (environment, connector, day, country)
) STRICT, WITHOUT ROWID;
CREATE INDEX bills_by_day ON bills (day);
CREATE TABLE bill_costs (
  environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE, connector TEXT NOT NULL,
  day INTEGER NOT NULL, country TEXT NOT NULL, currency TEXT NOT NULL, told_by TEXT NOT NULL, sends INTEGER NOT NULL,
  micros INTEGER NOT NULL, PRIMARY KEY (environment, connector, day, country, currency, told_by)
) STRICT, WITHOUT ROWID;
CREATE INDEX bill_costs_by_day ON bill_costs (day);

-- What was sent before, and nobody knows the cost of: by what reports told of it later, the triggers below take it on.
INSERT INTO bills (environment, connector, day, country, accepted, delivered, undelivered, refused, unknown, segments, unpriced)
  SELECT m.environment, a.connector, a.started_at / 86400000, coalesce(m.country, ''), sum(a.status = 'accepted'),
    sum(a.status = 'delivered'), sum(a.status = 'undelivered'), sum(a.status = 'refused'), sum(a.status = 'unknown'),
    sum(a.parts), sum(a.taken)
  FROM attempts a JOIN messages m ON m.id = a.message_id GROUP BY 1, 2, 3, 4;
UPDATE bills SET verified = v.verified FROM (
  SELECT environment, connector, day, country, count(*) AS verified FROM (
    SELECT m.environment, a.connector, a.started_at / 86400000 AS day, coalesce(m.country, '') AS country,
      row_number() OVER (PARTITION BY a.message_id ORDER BY CASE a.status WHEN 'delivered' THEN 0 WHEN 'accepted' THEN 1
        WHEN 'unknown' THEN 2 WHEN 'sending' THEN 3 WHEN 'undelivered' THEN 4 ELSE 5 END, a.number DESC) AS rank
    FROM messages m JOIN attempts a ON a.message_id = m.id WHERE m.used = 1)
  WHERE rank = 1 GROUP BY 1, 2, 3, 4) v
WHERE v.environment = bills.environment AND v.connector = bills.connector AND v.day = bills.day AND v.country = bills.country;

-- Whatever changes an attempt changes its day's bill in the same transaction: what it was is taken off, what it is comes on.
-- Sums stay far below what an integer holds, whatever a provider says.
CREATE TRIGGER attempts_are_billed AFTER UPDATE OF status, segments, list_micros, told_micros, told_currency, cpu_us ON attempts
WHEN new.status <> 'sending'
BEGIN
  INSERT INTO bills (environment, connector, day, country, accepted, delivered, undelivered, refused, unknown, segments,
      unpriced, cpu_us, memory_bytes, bytes_out, bytes_in)
    SELECT m.environment, new.connector, new.started_at / 86400000, coalesce(m.country, ''),
      (new.status = 'accepted') - (old.status = 'accepted'), (new.status = 'delivered') - (old.status = 'delivered'),
      (new.status = 'undelivered') - (old.status = 'undelivered'), (new.status = 'refused') - (old.status = 'refused'),
      (new.status = 'unknown') - (old.status = 'unknown'), new.parts - old.parts,
      (new.taken AND new.cost_by IS NULL) - (old.taken AND old.cost_by IS NULL),
      coalesce(new.cpu_us, 0) - coalesce(old.cpu_us, 0), coalesce(new.memory_bytes, 0),
      coalesce(new.bytes_out, 0) - coalesce(old.bytes_out, 0), coalesce(new.bytes_in, 0) - coalesce(old.bytes_in, 0)
    FROM messages m WHERE m.id = new.message_id
    ON CONFLICT (environment, connector, day, country) DO UPDATE SET
      accepted = accepted + excluded.accepted, delivered = delivered + excluded.delivered,
      undelivered = undelivered + excluded.undelivered, refused = refused + excluded.refused,
      unknown = unknown + excluded.unknown, segments = segments + excluded.segments,
      unpriced = unpriced + excluded.unpriced, cpu_us = cpu_us + excluded.cpu_us,
      memory_bytes = max(memory_bytes, excluded.memory_bytes), bytes_out = bytes_out + excluded.bytes_out,
      bytes_in = bytes_in + excluded.bytes_in;
  UPDATE bill_costs SET sends = sends - 1, micros = micros - old.cost_micros
    WHERE old.cost_by IS NOT NULL AND environment = (SELECT environment FROM messages WHERE id = old.message_id)
      AND connector = old.connector AND day = old.started_at / 86400000
      AND country = (SELECT coalesce(country, '') FROM messages WHERE id = old.message_id)
      AND currency = old.cost_currency AND told_by = old.cost_by;
  INSERT INTO bill_costs (environment, connector, day, country, currency, told_by, sends, micros)
    SELECT m.environment, new.connector, new.started_at / 86400000, coalesce(m.country, ''), new.cost_currency, new.cost_by,
      1, new.cost_micros
    FROM messages m WHERE m.id = new.message_id AND new.cost_by IS NOT NULL
    ON CONFLICT (environment, connector, day, country, currency, told_by) DO UPDATE SET
      sends = sends + excluded.sends, micros = min(micros + excluded.micros, 1000000000000000000);
END;

-- A used code is for the connector that it most likely came from, as conversion counts it.
CREATE TRIGGER used_codes_are_billed AFTER UPDATE OF used ON messages WHEN new.used = 1 AND coalesce(old.used, 0) <> 1
BEGIN
  INSERT INTO bills (environment, connector, day, country, verified)
    SELECT new.environment, a.connector, a.started_at / 86400000, coalesce(new.country, ''), 1 FROM attempts a
    WHERE a.message_id = new.id ORDER BY CASE a.status WHEN 'delivered' THEN 0 WHEN 'accepted' THEN 1 WHEN 'unknown' THEN 2
      WHEN 'sending' THEN 3 WHEN 'undelivered' THEN 4 ELSE 5 END, a.number DESC LIMIT 1
    ON CONFLICT (environment, connector, day, country) DO UPDATE SET verified = verified + 1;
END;
