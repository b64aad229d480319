-- Which of a caller's services a verification was made for, and when it last changed.
ALTER TABLE verifications ADD COLUMN service TEXT;
ALTER TABLE verifications ADD COLUMN updated_at INTEGER;
CREATE INDEX verifications_of_service ON verifications (service, number_index, id) WHERE service IS NOT NULL;

-- Twilio's words for what callers hold and name. A token is sealed, not hashed: callbacks are signed with it.
CREATE TABLE twilio_credentials (
  account_sid TEXT PRIMARY KEY, environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE,
  name TEXT NOT NULL, token BLOB NOT NULL, service_sid TEXT NOT NULL, use_from INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE twilio_services (
  sid TEXT PRIMARY KEY, environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE,
  friendly_name TEXT NOT NULL, purpose TEXT NOT NULL, code_length INTEGER,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX twilio_services_by_environment ON twilio_services (environment, created_at);

-- Messages whose caller wants to be told what becomes of them, or to read them back. The recipient is erased with the
-- message's life; the address to call is needed longer, since reports come late.
CREATE TABLE followed_messages (
  message_id TEXT PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE, account TEXT NOT NULL, sender TEXT,
  sender_pool TEXT, recipient BLOB, callback BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX followed_messages_in_full ON followed_messages (message_id) WHERE recipient IS NOT NULL;

-- What is still to be told of them: each state once. `due_at` is empty until somebody has looked at it.
CREATE TABLE status_callbacks (
  id INTEGER PRIMARY KEY, message_id TEXT NOT NULL REFERENCES followed_messages (message_id) ON DELETE CASCADE,
  status TEXT NOT NULL, due_at INTEGER, tries INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0,
  UNIQUE (message_id, status)
) STRICT;
CREATE INDEX status_callbacks_open ON status_callbacks (id) WHERE NOT done;

-- A state is written in several places (an attempt's end, a report, a crash that is cleaned up): whoever is to be told
-- of it must miss none, so the database itself notes it, in the same transaction. What was bad news and is overtaken
-- by another attempt is no news.
CREATE TRIGGER status_callbacks_noted AFTER UPDATE OF status ON messages
WHEN new.status <> old.status
  AND EXISTS (SELECT 1 FROM followed_messages f WHERE f.message_id = new.id AND f.callback IS NOT NULL)
BEGIN
  DELETE FROM status_callbacks WHERE message_id = new.id AND NOT done AND status IN ('refused', 'undelivered');
  INSERT INTO status_callbacks (message_id, status)
    SELECT new.id, CASE new.status WHEN 'unknown' THEN 'accepted' ELSE new.status END
    WHERE new.status NOT IN ('queued', 'sending')
    ON CONFLICT DO NOTHING;
END;
