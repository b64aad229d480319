-- Who sends what: rules, a revision on trial and how the last trial ended, as the API shows them.
ALTER TABLE channels ADD COLUMN routes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE channels ADD COLUMN canary TEXT;
ALTER TABLE channels ADD COLUMN canary_ended TEXT;
-- Conversion reads a day of an environment's messages, not all of them.
CREATE INDEX messages_by_time ON messages (environment, created_at);
