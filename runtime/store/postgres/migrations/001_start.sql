-- Times are milliseconds since 1970 in UTC. Sealed columns are opaque here: the master key is elsewhere.
-- Text is compared by its bytes, whatever the database's own collation: ids keep their order, and an index of them serves
-- for prefixes and ranges.

-- `claimed_until`, of what waits to be done: a node has it in hand until then, by the database's own clock. One that died
-- loses it, and another takes it.

CREATE TABLE meta (name TEXT COLLATE "C" PRIMARY KEY, value BYTEA NOT NULL);

CREATE TABLE environments (
  name TEXT COLLATE "C" PRIMARY KEY, kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('development', 'production')),
  display_name TEXT COLLATE "C" NOT NULL, created_at BIGINT NOT NULL
);
INSERT INTO environments VALUES
  ('development', 'development', 'Countersign', 0), ('production', 'production', 'Countersign', 0);

CREATE TABLE settings (
  environment TEXT COLLATE "C" NOT NULL REFERENCES environments (name) ON DELETE CASCADE,
  kind TEXT COLLATE "C" NOT NULL, document TEXT COLLATE "C" NOT NULL, version BIGINT NOT NULL,
  PRIMARY KEY (environment, kind)
);

-- `prefix` is how a key begins: its kind and a few characters, so that people tell keys apart. Keys made before have none.
CREATE TABLE api_keys (
  id TEXT COLLATE "C" PRIMARY KEY, name TEXT COLLATE "C" NOT NULL, roles TEXT COLLATE "C" NOT NULL,
  environment TEXT COLLATE "C", hash BYTEA NOT NULL UNIQUE, created_at BIGINT NOT NULL, revoked_at BIGINT,
  last_used_at BIGINT, prefix TEXT COLLATE "C"
);

-- People who may use the console. An e-mail address is in lower case. What an identity provider calls a person is bound
-- at his first sign-in.
CREATE TABLE users (
  id TEXT COLLATE "C" PRIMARY KEY, name TEXT COLLATE "C" NOT NULL, email TEXT COLLATE "C" NOT NULL UNIQUE,
  roles TEXT COLLATE "C" NOT NULL, issuer TEXT COLLATE "C", subject TEXT COLLATE "C", created_at BIGINT NOT NULL,
  disabled_at BIGINT
);
CREATE UNIQUE INDEX users_by_subject ON users (issuer, subject) WHERE subject IS NOT NULL;

-- Browsers that are signed in. What somebody may do is not kept here: his key or his user says it at each request.
CREATE TABLE sessions (
  id TEXT COLLATE "C" PRIMARY KEY, token BYTEA NOT NULL UNIQUE, actor_kind TEXT COLLATE "C" NOT NULL,
  actor_id TEXT COLLATE "C" NOT NULL, actor_name TEXT COLLATE "C" NOT NULL, how TEXT COLLATE "C" NOT NULL,
  browser TEXT COLLATE "C" NOT NULL, created_at BIGINT NOT NULL, last_seen BIGINT NOT NULL, expires_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX sessions_by_actor ON sessions (actor_kind, actor_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- Links that sign somebody in once. Without a user it is whoever can run this machine's command line.
CREATE TABLE links (
  token BYTEA PRIMARY KEY, user_id TEXT COLLATE "C" REFERENCES users (id) ON DELETE CASCADE, expires_at BIGINT NOT NULL,
  used_at BIGINT
);

-- Who did what that others may have to account for. Names no person's number. `actor` is an id, as it was.
CREATE TABLE audit (
  id TEXT COLLATE "C" PRIMARY KEY, at BIGINT NOT NULL, actor TEXT COLLATE "C" NOT NULL,
  action TEXT COLLATE "C" NOT NULL, detail TEXT COLLATE "C" NOT NULL, actor_kind TEXT COLLATE "C",
  actor_name TEXT COLLATE "C", environment TEXT COLLATE "C", target TEXT COLLATE "C", outcome TEXT COLLATE "C"
);
CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_by_action ON audit (action, at);
CREATE INDEX audit_by_actor ON audit (actor, at);
CREATE INDEX audit_by_environment ON audit (environment, at) WHERE environment IS NOT NULL;

-- Append-only. What may go by its age is told first, in `meta`. Deleting anything else does nothing rather than failing.
-- Nothing is replaced either: that is an update here, and a known id is refused by the key.
CREATE FUNCTION audit_is_not_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_not_changed();
CREATE FUNCTION audit_is_not_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF old.at >= coalesce((SELECT convert_from(k.value, 'UTF8')::bigint FROM meta k WHERE k.name = 'audit_kept_from'), 0) THEN
    RETURN NULL;
  END IF;
  RETURN old;
END $$;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_not_deleted();

CREATE TABLE components (
  digest TEXT COLLATE "C" PRIMARY KEY, id TEXT COLLATE "C" NOT NULL, version TEXT COLLATE "C" NOT NULL,
  package TEXT COLLATE "C" NOT NULL, size BIGINT NOT NULL, compile_ms BIGINT NOT NULL, instantiate_us BIGINT NOT NULL,
  exports TEXT COLLATE "C" NOT NULL, built_in BOOLEAN NOT NULL, created_at BIGINT NOT NULL, UNIQUE (id, version)
);

-- Apart from its description, so that listing components reads no megabytes.
CREATE TABLE artifacts (
  digest TEXT COLLATE "C" PRIMARY KEY REFERENCES components (digest) ON DELETE CASCADE, wasm BYTEA NOT NULL
);

-- A deleted connector stays as a tombstone: its numbering goes on if the name comes back. `deleted_at`: a tombstone does
-- not stay for ever. `last_success_at`: when its provider last took a message, or reported one as delivered, known without
-- reading its messages, and when these are purged.
CREATE TABLE connectors (
  environment TEXT COLLATE "C" NOT NULL REFERENCES environments (name) ON DELETE CASCADE,
  name TEXT COLLATE "C" NOT NULL, serving BIGINT, newest BIGINT NOT NULL, deleted BOOLEAN NOT NULL DEFAULT FALSE,
  deleted_at BIGINT, last_success_at BIGINT, PRIMARY KEY (environment, name)
);

-- `quarantined`: why a revision must not serve any more, its component gave out a secret. `saved_by` is an actor.
CREATE TABLE revisions (
  environment TEXT COLLATE "C" NOT NULL, connector TEXT COLLATE "C" NOT NULL, number BIGINT NOT NULL,
  component_digest TEXT COLLATE "C" NOT NULL REFERENCES components (digest), config TEXT COLLATE "C" NOT NULL,
  templates TEXT COLLATE "C" NOT NULL, senders TEXT COLLATE "C" NOT NULL, approved TEXT COLLATE "C" NOT NULL,
  secret_versions TEXT COLLATE "C" NOT NULL, created_at BIGINT NOT NULL, quarantined TEXT COLLATE "C",
  saved_by TEXT COLLATE "C", PRIMARY KEY (environment, connector, number),
  FOREIGN KEY (environment, connector) REFERENCES connectors (environment, name) ON DELETE CASCADE
);
CREATE INDEX revisions_by_component ON revisions (component_digest);

CREATE TABLE secrets (
  environment TEXT COLLATE "C" NOT NULL, connector TEXT COLLATE "C" NOT NULL, field TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL, sealed BYTEA NOT NULL, bindings TEXT COLLATE "C" NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (environment, connector, field, version),
  FOREIGN KEY (environment, connector) REFERENCES connectors (environment, name) ON DELETE CASCADE
);

-- When a revision served, or was on trial (`why`). No end: it does so still. `line` is the order in which they were noted.
CREATE TABLE switches (
  line BIGINT GENERATED ALWAYS AS IDENTITY, environment TEXT COLLATE "C" NOT NULL, connector TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL, from_at BIGINT NOT NULL, why TEXT COLLATE "C" NOT NULL, begun_by TEXT COLLATE "C",
  until_at BIGINT, ended TEXT COLLATE "C", ended_by TEXT COLLATE "C",
  FOREIGN KEY (environment, connector) REFERENCES connectors (environment, name) ON DELETE CASCADE
);
CREATE INDEX switches_by_revision ON switches (environment, connector, revision, from_at);
CREATE INDEX switches_open ON switches (environment, connector) WHERE until_at IS NULL;

-- Who sends what: rules, a revision on trial and how the last trial ended, and what decides who is asked first of those
-- that a channel names, as the API shows them.
CREATE TABLE channels (
  environment TEXT COLLATE "C" NOT NULL REFERENCES environments (name) ON DELETE CASCADE,
  channel TEXT COLLATE "C" NOT NULL, active TEXT COLLATE "C", fallback TEXT COLLATE "C" NOT NULL,
  routes TEXT COLLATE "C" NOT NULL DEFAULT '[]', canary TEXT COLLATE "C", canary_ended TEXT COLLATE "C",
  prefer TEXT COLLATE "C" NOT NULL DEFAULT '"order"', PRIMARY KEY (environment, channel)
);

-- What a connector's provider asks, as it was sent.
CREATE TABLE prices (
  environment TEXT COLLATE "C" NOT NULL REFERENCES environments (name) ON DELETE CASCADE,
  connector TEXT COLLATE "C" NOT NULL, currency TEXT COLLATE "C" NOT NULL, document TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL, PRIMARY KEY (environment, connector)
);

-- Where identity servers send their messages. What is secret of a hook (signing secrets, hashes of keys) is in `sealed`.
CREATE TABLE hooks (
  environment TEXT COLLATE "C" NOT NULL REFERENCES environments (name) ON DELETE CASCADE,
  name TEXT COLLATE "C" NOT NULL, sender TEXT COLLATE "C" NOT NULL, document TEXT COLLATE "C" NOT NULL,
  sealed BYTEA NOT NULL, version BIGINT NOT NULL, created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL,
  PRIMARY KEY (environment, name)
);

-- Twilio's words for what callers hold and name. A token is sealed, not hashed: callbacks are signed with it.
CREATE TABLE twilio_credentials (
  account_sid TEXT COLLATE "C" PRIMARY KEY,
  environment TEXT COLLATE "C" NOT NULL REFERENCES environments (name) ON DELETE CASCADE,
  name TEXT COLLATE "C" NOT NULL, token BYTEA NOT NULL, service_sid TEXT COLLATE "C" NOT NULL,
  use_from BOOLEAN NOT NULL, created_at BIGINT NOT NULL
);
CREATE TABLE twilio_services (
  sid TEXT COLLATE "C" PRIMARY KEY,
  environment TEXT COLLATE "C" NOT NULL REFERENCES environments (name) ON DELETE CASCADE,
  friendly_name TEXT COLLATE "C" NOT NULL, purpose TEXT COLLATE "C" NOT NULL, code_length BIGINT,
  created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
);
CREATE INDEX twilio_services_by_environment ON twilio_services (environment, created_at);

-- Numbers of app reviewers and demonstrations: a fixed code until a day, and nothing is sent.
CREATE TABLE reviewer_numbers (
  environment TEXT COLLATE "C" NOT NULL REFERENCES environments (name) ON DELETE CASCADE, number_index BYTEA NOT NULL,
  to_masked TEXT COLLATE "C" NOT NULL, code BYTEA NOT NULL, ends_at BIGINT NOT NULL, note TEXT COLLATE "C",
  created_at BIGINT NOT NULL, uses BIGINT NOT NULL DEFAULT 0, last_used BIGINT, PRIMARY KEY (environment, number_index)
);

-- Where the application is told what happened. Signing secrets are sealed; the one before counts for a while. Without
-- `events` all of them are told. `dropped`: how many events were dropped because too many waited, and when the last were.
CREATE TABLE webhooks (
  id TEXT COLLATE "C" PRIMARY KEY,
  environment TEXT COLLATE "C" NOT NULL REFERENCES environments (name) ON DELETE CASCADE, url TEXT COLLATE "C" NOT NULL,
  events TEXT COLLATE "C", description TEXT COLLATE "C", secret BYTEA NOT NULL, old_secret BYTEA, old_until BIGINT,
  enabled BOOLEAN NOT NULL, disabled_at BIGINT, disabled_why TEXT COLLATE "C", failing_since BIGINT,
  created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL, dropped BIGINT NOT NULL DEFAULT 0, dropped_at BIGINT
);
CREATE INDEX webhooks_of ON webhooks (environment, created_at);

-- Which sources ever told what became of their codes. Apart from `messages`: an index there on what is told later would be
-- written with each change of a message.
CREATE TABLE told_sources (
  environment TEXT COLLATE "C" NOT NULL REFERENCES environments (name) ON DELETE CASCADE,
  source TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (environment, source)
);

-- From here on are the tables that each message writes. They name environments and messages without a foreign key: its check
-- would lock the parent's row at each write, and would look through the children whenever a partition is dropped. Whoever
-- deletes an environment or a message deletes what belongs to it himself.
--
-- Those that grow with the messages are cut by their id into partitions: an id begins with its time, so a range of ids is a
-- range of time, and what has aged goes by dropping a table. Partitions are made at run time. What none is made for goes into
-- the default one. An id, or a bound of it, spares a query all the other partitions.
--
-- Rows of verifications, messages and attempts change a few times soon after they are written. A fifth of each page is left
-- free, so that a row's next version is beside its last; partitions that are made later have the same.

-- `app_hash` ends a verification's messages, so that a resend repeats it. `fixed_code` is the sealed code of one that does not
-- derive any. `service` is which of a caller's services it was made for. `unanswered` checks were not counted, since the
-- provider could not answer. One that is `suppressed` is answered as any other and never sent.
CREATE TABLE verifications (
  id TEXT COLLATE "C" PRIMARY KEY, environment TEXT COLLATE "C" NOT NULL, purpose TEXT COLLATE "C" NOT NULL,
  channel TEXT COLLATE "C" NOT NULL, locale TEXT COLLATE "C" NOT NULL, recipient BYTEA NOT NULL,
  number_index BYTEA NOT NULL, pair_index BYTEA NOT NULL, subject TEXT COLLATE "C", client_ip TEXT COLLATE "C",
  metadata TEXT COLLATE "C", status TEXT COLLATE "C" NOT NULL, code_key BIGINT NOT NULL, code_length BIGINT NOT NULL,
  attempts_left BIGINT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, resend_after BIGINT NOT NULL,
  ambiguous_failover_used BOOLEAN NOT NULL, delivery TEXT COLLATE "C", app_hash TEXT COLLATE "C", fixed_code BYTEA,
  service TEXT COLLATE "C", updated_at BIGINT, unanswered BIGINT NOT NULL DEFAULT 0,
  suppressed BOOLEAN NOT NULL DEFAULT FALSE
) PARTITION BY RANGE (id);
CREATE TABLE verifications_default PARTITION OF verifications DEFAULT WITH (fillfactor = 80);
CREATE INDEX verifications_by_end ON verifications (expires_at);
CREATE INDEX verifications_of_service ON verifications (service, number_index, id) WHERE service IS NOT NULL;
-- Those that are never sent and may seem to be under way: few, and found at once after a crash.
CREATE INDEX verifications_unsettled ON verifications (id) WHERE suppressed;

-- `area`: country code and three digits more, so that conversion can be told by network and region; no person's number.
-- `source`: who asked for it, `api`, `verification`, or a door of its own such as a hook. `subject`: whom it is for, in the
-- caller's words. `client_index`: keyed index of the end user's address (of an IPv6 one, its /64), it can be counted and not
-- read. `request_index`: keyed index of the request that it answers, the same request again is the same message. `kept_back`:
-- why it was, `suppressed` or `reviewer`. `traceparent`: the step of a trace in which it was made, as W3C has it, ids of
-- chance and nothing of whom it is about; its reports link to it, and one that waits is taken up again below it.
CREATE TABLE messages (
  id TEXT COLLATE "C" PRIMARY KEY, environment TEXT COLLATE "C" NOT NULL, verification_id TEXT COLLATE "C",
  purpose TEXT COLLATE "C" NOT NULL, locale TEXT COLLATE "C" NOT NULL, to_masked TEXT COLLATE "C" NOT NULL,
  number_index BYTEA NOT NULL, country TEXT COLLATE "C", content BYTEA, status TEXT COLLATE "C" NOT NULL, used BOOLEAN,
  created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, area TEXT COLLATE "C" NOT NULL DEFAULT '',
  source TEXT COLLATE "C" NOT NULL DEFAULT 'api', subject TEXT COLLATE "C", client_index BYTEA, request_index BYTEA,
  kept_back TEXT COLLATE "C", traceparent TEXT COLLATE "C", claimed_until TIMESTAMPTZ
) PARTITION BY RANGE (id);
CREATE TABLE messages_default PARTITION OF messages DEFAULT WITH (fillfactor = 80);
CREATE INDEX messages_by_number ON messages (environment, number_index, created_at);
CREATE INDEX messages_with_content ON messages (expires_at) WHERE content IS NOT NULL;
-- Messages that were taken and not tried yet.
CREATE INDEX messages_queued ON messages (created_at) WHERE status = 'queued';
CREATE INDEX messages_of_verification ON messages (verification_id) WHERE verification_id IS NOT NULL;
CREATE INDEX messages_by_client ON messages (environment, client_index, created_at) WHERE client_index IS NOT NULL;
CREATE INDEX messages_by_request ON messages (environment, request_index) WHERE request_index IS NOT NULL;
-- The log by what it is filtered by, newest first: a page is read from an index, however many messages there are. Not by
-- `status` or `used`: they change, and whatever filters by them reads the index by time.
CREATE INDEX messages_by_time ON messages (environment, created_at);
CREATE INDEX messages_by_country ON messages (environment, country, created_at);
CREATE INDEX messages_by_purpose ON messages (environment, purpose, created_at);
CREATE INDEX messages_by_source ON messages (environment, source, created_at);

-- `code_by_provider`: the provider makes and checks the code, and none of ours is in it. `network` is what a report named.
-- `list_…` is what a part cost by the list when it was sent, in millionths; `told_…` what the provider told of the whole. What
-- the call took: processor time in microseconds, and bytes.
-- What a provider took, or may have taken, in how many parts: no text has more than 255. What it cost: the provider's word,
-- else the list's. A computed column can't name another, so each has it all.
CREATE TABLE attempts (
  message_id TEXT COLLATE "C" NOT NULL, number BIGINT NOT NULL, connector TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL, reference TEXT COLLATE "C" NOT NULL, status TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C", certainty TEXT COLLATE "C", provider_code TEXT COLLATE "C", text TEXT COLLATE "C",
  provider_ids TEXT COLLATE "C" NOT NULL DEFAULT '[]', segments BIGINT, elapsed_ms BIGINT, started_at BIGINT NOT NULL,
  network TEXT COLLATE "C", segments_by TEXT COLLATE "C", code_by_provider BOOLEAN NOT NULL DEFAULT FALSE,
  list_micros BIGINT, list_currency TEXT COLLATE "C", told_micros BIGINT, told_currency TEXT COLLATE "C", cpu_us BIGINT,
  memory_bytes BIGINT, bytes_out BIGINT, bytes_in BIGINT,
  taken BOOLEAN GENERATED ALWAYS AS (status IN ('accepted', 'delivered', 'undelivered', 'unknown')) STORED,
  parts BIGINT GENERATED ALWAYS AS (CASE WHEN status IN ('accepted', 'delivered', 'undelivered', 'unknown')
    THEN least(greatest(coalesce(segments, 1), 1), 255) ELSE 0 END) STORED,
  cost_by TEXT COLLATE "C" GENERATED ALWAYS AS (CASE WHEN told_micros IS NOT NULL THEN 'provider'
    WHEN status IN ('accepted', 'delivered', 'undelivered', 'unknown') AND list_micros IS NOT NULL THEN 'list' END) STORED,
  cost_micros BIGINT GENERATED ALWAYS AS (CASE WHEN told_micros IS NOT NULL THEN told_micros
    WHEN status IN ('accepted', 'delivered', 'undelivered', 'unknown')
    THEN list_micros * least(greatest(coalesce(segments, 1), 1), 255) END) STORED,
  cost_currency TEXT COLLATE "C" GENERATED ALWAYS AS (CASE WHEN told_micros IS NOT NULL THEN told_currency
    WHEN status IN ('accepted', 'delivered', 'undelivered', 'unknown') AND list_micros IS NOT NULL
    THEN list_currency END) STORED,
  PRIMARY KEY (message_id, number)
) PARTITION BY RANGE (message_id);
CREATE TABLE attempts_default PARTITION OF attempts DEFAULT WITH (fillfactor = 80);
CREATE INDEX attempts_open ON attempts (started_at) WHERE status = 'sending';
CREATE INDEX attempts_of_connector ON attempts (connector, message_id);

-- A provider's id leads to its attempt.
CREATE TABLE provider_ids (
  environment TEXT COLLATE "C" NOT NULL, connector TEXT COLLATE "C" NOT NULL, provider_id TEXT COLLATE "C" NOT NULL,
  message_id TEXT COLLATE "C" NOT NULL, attempt BIGINT NOT NULL, PRIMARY KEY (environment, connector, provider_id)
);
CREATE INDEX provider_ids_of_message ON provider_ids (message_id);

-- What providers said after they had taken a message: each thing once, also where it moved nothing.
-- `provider_id` is set while the attempt that it belongs to is not known yet: a report can outrun a receipt.
CREATE TABLE reports (
  digest BYTEA PRIMARY KEY, environment TEXT COLLATE "C" NOT NULL, connector TEXT COLLATE "C" NOT NULL,
  message_id TEXT COLLATE "C", attempt BIGINT, provider_id TEXT COLLATE "C", status TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C", provider_code TEXT COLLATE "C", text TEXT COLLATE "C", network TEXT COLLATE "C",
  segments BIGINT, price TEXT COLLATE "C", currency TEXT COLLATE "C", at BIGINT, received_at BIGINT NOT NULL,
  verified BOOLEAN NOT NULL, moved BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX reports_of_message ON reports (message_id, received_at) WHERE message_id IS NOT NULL;
CREATE INDEX reports_waiting ON reports (environment, connector, provider_id) WHERE message_id IS NULL;
CREATE INDEX reports_by_age ON reports (received_at);

CREATE TABLE idempotency (
  scope BYTEA PRIMARY KEY, body BYTEA NOT NULL, status BIGINT, sealed BYTEA, abandoned_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX idempotency_by_end ON idempotency (expires_at);

-- `forget_at`: the number was erased, and what was counted against it is forgotten then.
CREATE TABLE number_failures (
  environment TEXT COLLATE "C" NOT NULL, number_index BYTEA NOT NULL, pair_index BYTEA NOT NULL,
  consecutive BIGINT NOT NULL, blocked_until BIGINT, forget_at BIGINT,
  PRIMARY KEY (environment, number_index, pair_index)
);
CREATE INDEX number_failures_to_forget ON number_failures (forget_at) WHERE forget_at IS NOT NULL;
-- Numbers that are locked, the one that is free first in front.
CREATE INDEX numbers_locked ON number_failures (environment, blocked_until)
  WHERE pair_index = '\x'::bytea AND blocked_until IS NOT NULL;

-- Sends of the last hour to numbers that were erased since: they still count for cooldown and cap, by a keyed index.
CREATE TABLE erased_sends (
  line BIGINT GENERATED ALWAYS AS IDENTITY, environment TEXT COLLATE "C" NOT NULL, number_index BYTEA NOT NULL,
  client_index BYTEA, created_at BIGINT NOT NULL
);
CREATE INDEX erased_sends_by_number ON erased_sends (environment, number_index, created_at);
CREATE INDEX erased_sends_by_client ON erased_sends (environment, client_index, created_at) WHERE client_index IS NOT NULL;

-- Messages to a country by the hour, but for those that certainly were not sent: what a day's cap is read from.
CREATE TABLE country_counts (
  environment TEXT COLLATE "C" NOT NULL, country TEXT COLLATE "C" NOT NULL, hour BIGINT NOT NULL, sent BIGINT NOT NULL,
  PRIMARY KEY (environment, country, hour)
);

-- What the guard counts: rows that add up, by key and by hours or days since 1970.
CREATE TABLE guard_counts (
  environment TEXT COLLATE "C" NOT NULL, scope TEXT COLLATE "C" NOT NULL, key TEXT COLLATE "C" NOT NULL,
  span TEXT COLLATE "C" NOT NULL, bucket BIGINT NOT NULL, sent BIGINT NOT NULL, cost_micros BIGINT NOT NULL,
  verified BIGINT NOT NULL, known BIGINT NOT NULL, fresh BIGINT NOT NULL, fresh_cost_micros BIGINT NOT NULL,
  proven BIGINT NOT NULL, proven_cost_micros BIGINT NOT NULL, numbers BIGINT NOT NULL,
  proven_numbers BIGINT NOT NULL, firsts BIGINT NOT NULL, seconds BIGINT NOT NULL, refused BIGINT NOT NULL,
  PRIMARY KEY (environment, scope, key, span, bucket)
);
CREATE INDEX guard_counts_by_age ON guard_counts (span, bucket);

-- Where a message was counted, and which of its fates was counted there since; until nobody can use its code any more.
CREATE TABLE guard_receipts (
  message_id TEXT COLLATE "C" PRIMARY KEY, until BIGINT NOT NULL, receipt TEXT COLLATE "C" NOT NULL,
  used BOOLEAN NOT NULL DEFAULT FALSE, refused BOOLEAN NOT NULL DEFAULT FALSE
) PARTITION BY RANGE (message_id);
CREATE TABLE guard_receipts_default PARTITION OF guard_receipts DEFAULT;
CREATE INDEX guard_receipts_by_end ON guard_receipts (until);

-- Messages that a rule fired for, whether they went out or not. Their numbers are masked.
CREATE TABLE guard_decisions (
  id TEXT COLLATE "C" PRIMARY KEY, environment TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL, message_id TEXT COLLATE "C", number_index BYTEA NOT NULL,
  to_masked TEXT COLLATE "C" NOT NULL, country TEXT COLLATE "C", purpose TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL, cost_micros BIGINT NOT NULL, fired TEXT COLLATE "C" NOT NULL
) PARTITION BY RANGE (id);
CREATE TABLE guard_decisions_default PARTITION OF guard_decisions DEFAULT;
CREATE INDEX guard_decisions_of ON guard_decisions (environment, id);
CREATE INDEX guard_decisions_by_outcome ON guard_decisions (environment, outcome, id);
CREATE INDEX guard_decisions_of_number ON guard_decisions (environment, number_index);
CREATE INDEX guard_decisions_by_age ON guard_decisions (at);

-- Messages that the guard judged, in the order in which it did, so that other rules can be tried on them. Of a number it has
-- all but the last four digits, and its keyed index. `used_after` and `unsent_after` are lines of this table.
CREATE TABLE guard_traffic (
  line BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, environment TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL,
  country TEXT COLLATE "C" NOT NULL, area TEXT COLLATE "C" NOT NULL, block TEXT COLLATE "C" NOT NULL,
  number_index BYTEA NOT NULL, client_index BYTEA, cost_micros BIGINT NOT NULL, told BOOLEAN NOT NULL,
  purpose TEXT COLLATE "C" NOT NULL, source TEXT COLLATE "C" NOT NULL, outcome TEXT COLLATE "C" NOT NULL,
  fired TEXT COLLATE "C", allowed TEXT COLLATE "C", used_at BIGINT, used_after BIGINT, unsent_after BIGINT
);
CREATE INDEX guard_traffic_of ON guard_traffic (environment, line);
CREATE INDEX guard_traffic_of_number ON guard_traffic (environment, number_index);

-- What happened, as the very bytes that are signed and told. Written in the transaction of what it tells.
CREATE TABLE webhook_events (
  id TEXT COLLATE "C" PRIMARY KEY, environment TEXT COLLATE "C" NOT NULL, type TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL, message_id TEXT COLLATE "C", number_index BYTEA, body TEXT COLLATE "C" NOT NULL,
  traceparent TEXT COLLATE "C"
);
CREATE INDEX webhook_events_by_age ON webhook_events (at);
CREATE INDEX webhook_events_of_number ON webhook_events (environment, number_index) WHERE number_index IS NOT NULL;
CREATE INDEX webhook_events_bad_news ON webhook_events (message_id) WHERE type = 'message.failed';

-- One row for each webhook that wants it. `round` counts the tries of the schedule, `tries` are the latest of all.
CREATE TABLE webhook_deliveries (
  id TEXT COLLATE "C" PRIMARY KEY, webhook TEXT COLLATE "C" NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  event TEXT COLLATE "C" NOT NULL REFERENCES webhook_events (id) ON DELETE CASCADE, status TEXT COLLATE "C" NOT NULL,
  due_at BIGINT NOT NULL, round BIGINT NOT NULL DEFAULT 0, tries TEXT COLLATE "C" NOT NULL DEFAULT '[]',
  claimed_until TIMESTAMPTZ
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook, due_at) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_of ON webhook_deliveries (webhook, id);
CREATE INDEX webhook_deliveries_by_status ON webhook_deliveries (webhook, status, id);
CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (event);

-- Messages whose caller wants to be told what becomes of them, or to read them back. The recipient is erased with the
-- message's life; the address to call is needed longer, since reports come late.
CREATE TABLE followed_messages (
  message_id TEXT COLLATE "C" PRIMARY KEY, account TEXT COLLATE "C" NOT NULL, sender TEXT COLLATE "C",
  sender_pool TEXT COLLATE "C", recipient BYTEA, callback BYTEA
);
CREATE INDEX followed_messages_in_full ON followed_messages (message_id) WHERE recipient IS NOT NULL;

-- What is still to be told of them: each state once. `due_at` is empty until somebody has looked at it.
CREATE TABLE status_callbacks (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  message_id TEXT COLLATE "C" NOT NULL REFERENCES followed_messages (message_id) ON DELETE CASCADE,
  status TEXT COLLATE "C" NOT NULL, due_at BIGINT, tries BIGINT NOT NULL DEFAULT 0, done BOOLEAN NOT NULL DEFAULT FALSE,
  claimed_until TIMESTAMPTZ, UNIQUE (message_id, status)
);
CREATE INDEX status_callbacks_open ON status_callbacks (id) WHERE NOT done;

-- A state is written in several places (an attempt's end, a report, a crash that is cleaned up): whoever is to be told
-- of it must miss none, so the database itself notes it, in the same transaction. What was bad news and is overtaken
-- by another attempt is no news.
CREATE FUNCTION status_callbacks_noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM followed_messages f WHERE f.message_id = new.id AND f.callback IS NOT NULL) THEN
    RETURN NULL;
  END IF;
  DELETE FROM status_callbacks s
    WHERE s.message_id = new.id AND NOT s.done AND s.status IN ('refused', 'undelivered');
  IF new.status NOT IN ('queued', 'sending') THEN
    INSERT INTO status_callbacks (message_id, status)
      VALUES (new.id, CASE new.status WHEN 'unknown' THEN 'accepted' ELSE new.status END)
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER status_callbacks_noted AFTER UPDATE OF status ON messages
  FOR EACH ROW WHEN (new.status <> old.status) EXECUTE FUNCTION status_callbacks_noted();

-- Bills by the day (since 1970, UTC) on which it was sent. They outlive the log, and have no number in them. Country '' is none.
CREATE TABLE bills (
  environment TEXT COLLATE "C" NOT NULL, connector TEXT COLLATE "C" NOT NULL, day BIGINT NOT NULL,
  country TEXT COLLATE "C" NOT NULL, accepted BIGINT NOT NULL DEFAULT 0, delivered BIGINT NOT NULL DEFAULT 0,
  undelivered BIGINT NOT NULL DEFAULT 0, refused BIGINT NOT NULL DEFAULT 0, unknown BIGINT NOT NULL DEFAULT 0,
  segments BIGINT NOT NULL DEFAULT 0, unpriced BIGINT NOT NULL DEFAULT 0, verified BIGINT NOT NULL DEFAULT 0,
  cpu_us BIGINT NOT NULL DEFAULT 0, memory_bytes BIGINT NOT NULL DEFAULT 0, bytes_out BIGINT NOT NULL DEFAULT 0,
  bytes_in BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (environment, connector, day, country)
);
CREATE INDEX bills_by_day ON bills (day);
CREATE TABLE bill_costs (
  environment TEXT COLLATE "C" NOT NULL, connector TEXT COLLATE "C" NOT NULL, day BIGINT NOT NULL,
  country TEXT COLLATE "C" NOT NULL, currency TEXT COLLATE "C" NOT NULL, told_by TEXT COLLATE "C" NOT NULL,
  sends BIGINT NOT NULL, micros BIGINT NOT NULL, PRIMARY KEY (environment, connector, day, country, currency, told_by)
);
CREATE INDEX bill_costs_by_day ON bill_costs (day);

-- Whatever changes an attempt changes its day's bill in the same transaction: what it was is taken off, what it is comes on.
-- Sums stay far below what an integer holds, whatever a provider says. Always the bill first: who has its row has all the
-- costs below it for himself, so that nobody waits for another in a circle. What changes no sum locks nothing.
CREATE FUNCTION attempts_are_billed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  sent record;
  -- While it was being sent nothing was billed, even if the provider had told its price already.
  was_by TEXT := CASE WHEN old.status <> 'sending' THEN old.cost_by END;
BEGIN
  SELECT m.environment, coalesce(m.country, '') AS country, new.started_at / 86400000 AS day INTO sent
    FROM messages m WHERE m.id = new.message_id;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  INSERT INTO bills (environment, connector, day, country, accepted, delivered, undelivered, refused, unknown, segments,
      unpriced, cpu_us, memory_bytes, bytes_out, bytes_in)
    VALUES (sent.environment, new.connector, sent.day, sent.country,
      (new.status = 'accepted')::int - (old.status = 'accepted')::int,
      (new.status = 'delivered')::int - (old.status = 'delivered')::int,
      (new.status = 'undelivered')::int - (old.status = 'undelivered')::int,
      (new.status = 'refused')::int - (old.status = 'refused')::int,
      (new.status = 'unknown')::int - (old.status = 'unknown')::int, new.parts - old.parts,
      (new.taken AND new.cost_by IS NULL)::int - (old.taken AND old.cost_by IS NULL)::int,
      coalesce(new.cpu_us, 0) - coalesce(old.cpu_us, 0), coalesce(new.memory_bytes, 0),
      coalesce(new.bytes_out, 0) - coalesce(old.bytes_out, 0), coalesce(new.bytes_in, 0) - coalesce(old.bytes_in, 0))
    ON CONFLICT (environment, connector, day, country) DO UPDATE SET
      accepted = bills.accepted + excluded.accepted, delivered = bills.delivered + excluded.delivered,
      undelivered = bills.undelivered + excluded.undelivered, refused = bills.refused + excluded.refused,
      unknown = bills.unknown + excluded.unknown, segments = bills.segments + excluded.segments,
      unpriced = bills.unpriced + excluded.unpriced, cpu_us = bills.cpu_us + excluded.cpu_us,
      memory_bytes = greatest(bills.memory_bytes, excluded.memory_bytes),
      bytes_out = bills.bytes_out + excluded.bytes_out, bytes_in = bills.bytes_in + excluded.bytes_in;
  IF (was_by, old.cost_currency, old.cost_micros)
    IS NOT DISTINCT FROM (new.cost_by, new.cost_currency, new.cost_micros) THEN
    RETURN NULL;
  END IF;
  IF was_by IS NOT NULL THEN
    UPDATE bill_costs b SET sends = b.sends - 1, micros = b.micros - old.cost_micros
      WHERE b.environment = sent.environment AND b.connector = old.connector AND b.day = old.started_at / 86400000
        AND b.country = sent.country AND b.currency = old.cost_currency AND b.told_by = was_by;
  END IF;
  IF new.cost_by IS NOT NULL THEN
    INSERT INTO bill_costs (environment, connector, day, country, currency, told_by, sends, micros)
      VALUES (sent.environment, new.connector, sent.day, sent.country, new.cost_currency, new.cost_by, 1, new.cost_micros)
      ON CONFLICT (environment, connector, day, country, currency, told_by) DO UPDATE SET
        sends = bill_costs.sends + excluded.sends,
        micros = least(bill_costs.micros + excluded.micros, 1000000000000000000);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER attempts_are_billed
  AFTER UPDATE OF status, segments, list_micros, told_micros, told_currency, cpu_us ON attempts
  FOR EACH ROW WHEN (new.status <> 'sending' AND
    (old.status, old.segments, old.list_micros, old.told_micros, old.told_currency, old.cpu_us, old.memory_bytes,
      old.bytes_out, old.bytes_in)
    IS DISTINCT FROM
    (new.status, new.segments, new.list_micros, new.told_micros, new.told_currency, new.cpu_us, new.memory_bytes,
      new.bytes_out, new.bytes_in))
  EXECUTE FUNCTION attempts_are_billed();

-- A used code is for the connector that it most likely came from, as conversion counts it.
CREATE FUNCTION used_codes_are_billed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO bills (environment, connector, day, country, verified)
    SELECT new.environment, a.connector, a.started_at / 86400000, coalesce(new.country, ''), 1 FROM attempts a
    WHERE a.message_id = new.id ORDER BY CASE a.status WHEN 'delivered' THEN 0 WHEN 'accepted' THEN 1 WHEN 'unknown' THEN 2
      WHEN 'sending' THEN 3 WHEN 'undelivered' THEN 4 ELSE 5 END, a.number DESC LIMIT 1
    ON CONFLICT (environment, connector, day, country) DO UPDATE SET verified = bills.verified + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER used_codes_are_billed AFTER UPDATE OF used ON messages
  FOR EACH ROW WHEN (new.used AND old.used IS NOT TRUE) EXECUTE FUNCTION used_codes_are_billed();
