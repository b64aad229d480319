-- Who asked for a message: `api`, `verification`, or a door of its own such as a hook. Whom it is for, in the caller's words.
ALTER TABLE messages ADD COLUMN source TEXT NOT NULL DEFAULT 'api';
UPDATE messages SET source = 'verification' WHERE verification_id IS NOT NULL;
ALTER TABLE messages ADD COLUMN subject TEXT;
-- Keyed index of the end user's address (of an IPv6 one, its /64): it can be counted and not read.
ALTER TABLE messages ADD COLUMN client_index BLOB;
CREATE INDEX messages_by_client ON messages (environment, client_index, created_at) WHERE client_index IS NOT NULL;
-- Keyed index of the request that a message answers: the same request again is the same message.
ALTER TABLE messages ADD COLUMN request_index BLOB;
CREATE INDEX messages_by_request ON messages (environment, request_index) WHERE request_index IS NOT NULL;
-- Whether a source ever tells what became of its codes.
CREATE INDEX messages_told ON messages (environment, source) WHERE used IS NOT NULL AND verification_id IS NULL;

-- Numbers of app reviewers and demonstrations: a fixed code until a day, and nothing is sent.
CREATE TABLE reviewer_numbers (
  environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE, number_index BLOB NOT NULL,
  to_masked TEXT NOT NULL, code BLOB NOT NULL, ends_at INTEGER NOT NULL, note TEXT, created_at INTEGER NOT NULL,
  uses INTEGER NOT NULL DEFAULT 0, last_used INTEGER, PRIMARY KEY (environment, number_index)
) STRICT, WITHOUT ROWID;
-- The sealed code of a verification that does not derive one.
ALTER TABLE verifications ADD COLUMN fixed_code BLOB;
