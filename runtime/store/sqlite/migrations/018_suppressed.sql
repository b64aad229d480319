-- Verifications that are answered as any other and never sent, and why a message was kept back: `suppressed`, or
-- `reviewer` (which is also what those are that were kept back before).
ALTER TABLE verifications ADD COLUMN suppressed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN kept_back TEXT;
