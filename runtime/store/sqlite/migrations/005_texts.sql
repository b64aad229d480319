-- The hash that ends a verification's messages, so that a resend repeats it.
ALTER TABLE verifications ADD COLUMN app_hash TEXT;
-- Who counted an attempt's segments: before this, only the provider did.
ALTER TABLE attempts ADD COLUMN segments_by TEXT;
UPDATE attempts SET segments_by = 'provider' WHERE segments IS NOT NULL;
