-- Messages that the guard judged, in the order in which it did, so that other rules can be tried on them. Of a number it has
-- all but the last four digits, and its keyed index. `used_after` and `unsent_after` are lines of this table.
CREATE TABLE guard_traffic (
  line INTEGER PRIMARY KEY, environment TEXT NOT NULL REFERENCES environments (name) ON DELETE CASCADE,
  at INTEGER NOT NULL, country TEXT NOT NULL, area TEXT NOT NULL, block TEXT NOT NULL, number_index BLOB NOT NULL,
  client_index BLOB, cost_micros INTEGER NOT NULL, told INTEGER NOT NULL, purpose TEXT NOT NULL, source TEXT NOT NULL,
  outcome TEXT NOT NULL, fired TEXT, allowed TEXT, used_at INTEGER, used_after INTEGER, unsent_after INTEGER
) STRICT;
CREATE INDEX guard_traffic_of ON guard_traffic (environment, line);
CREATE INDEX guard_traffic_of_number ON guard_traffic (environment, number_index);
