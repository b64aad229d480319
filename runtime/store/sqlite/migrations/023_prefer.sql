-- What decides who is asked first of those that a channel names, as the API shows it.
ALTER TABLE channels ADD COLUMN prefer TEXT NOT NULL DEFAULT '"order"';
