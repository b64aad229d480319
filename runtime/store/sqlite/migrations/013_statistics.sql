-- The log by what it is filtered by, newest first: a page is read from an index, however many messages there are.
CREATE INDEX messages_by_status ON messages (environment, status, created_at);
CREATE INDEX messages_by_country ON messages (environment, country, created_at);
CREATE INDEX messages_by_purpose ON messages (environment, purpose, created_at);
CREATE INDEX messages_by_source ON messages (environment, source, created_at);
CREATE INDEX attempts_of_connector ON attempts (connector, message_id);
