-- The step of a trace in which it was made, as W3C `traceparent`: ids of chance, and nothing of whom it is about. Reports of a
-- message link to it, a message that waits is taken up again below it, and webhooks tell their receiver of it.
ALTER TABLE messages ADD COLUMN traceparent TEXT;
ALTER TABLE webhook_events ADD COLUMN traceparent TEXT;
