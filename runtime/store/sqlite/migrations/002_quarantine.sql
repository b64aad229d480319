-- Why a revision must not serve any more: its component gave out a secret.
ALTER TABLE revisions ADD COLUMN quarantined TEXT;
