-- Those that are never sent and seem to be under way: few, and found at once after a crash.
CREATE INDEX verifications_unsettled ON verifications (updated_at)
  WHERE suppressed AND json_extract(delivery, '$.status') IN ('sending', 'queued');

-- How many events were dropped because too many waited for a webhook, and when the last of them were.
ALTER TABLE webhooks ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE webhooks ADD COLUMN dropped_at INTEGER;
