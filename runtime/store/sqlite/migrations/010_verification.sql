-- Whether the provider makes and checks the code of an attempt: then no code of ours is in it.
ALTER TABLE attempts ADD COLUMN code_by_provider INTEGER NOT NULL DEFAULT 0;
-- Checks of a verification that its provider could not answer: so many were not counted.
ALTER TABLE verifications ADD COLUMN unanswered INTEGER NOT NULL DEFAULT 0;
