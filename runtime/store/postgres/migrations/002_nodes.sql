-- What nodes that share this database know of each other. All times here are the database's own: nodes' clocks differ.

-- Nodes that live: each says so every second. Whoever is silent for some seconds counts no more.
CREATE TABLE nodes (
  id TEXT COLLATE "C" PRIMARY KEY, name TEXT COLLATE "C" NOT NULL, version TEXT COLLATE "C" NOT NULL,
  began_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(), seen_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);

-- How often what serves in an environment, or the rules there, have changed; and up to which of these changes a node is in
-- step. The row of an environment that is gone stays, so that nodes hear of its end.
CREATE TABLE changes (environment TEXT COLLATE "C" PRIMARY KEY, number BIGINT NOT NULL);
INSERT INTO changes SELECT name, 1 FROM environments;
CREATE TABLE node_steps (
  node TEXT COLLATE "C" NOT NULL REFERENCES nodes (id) ON DELETE CASCADE, environment TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL, PRIMARY KEY (node, environment)
);

-- Components that are about to serve, and which nodes have them compiled, or can't: `fault` says why.
CREATE TABLE wanted_components (
  digest TEXT COLLATE "C" PRIMARY KEY REFERENCES components (digest) ON DELETE CASCADE,
  at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE node_components (
  node TEXT COLLATE "C" NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
  digest TEXT COLLATE "C" NOT NULL REFERENCES components (digest) ON DELETE CASCADE, fault TEXT COLLATE "C",
  PRIMARY KEY (node, digest)
);
CREATE INDEX node_components_of ON node_components (digest);

-- Work that one node at a time does.
CREATE TABLE leases (
  work TEXT COLLATE "C" PRIMARY KEY, node TEXT COLLATE "C" NOT NULL, until TIMESTAMPTZ NOT NULL
);

-- Counted when the transaction commits, by triggers that wait until then: the row of an environment is locked for the
-- commit alone, and whoever promotes and whoever saves a setting take it in the same place, after all else.
CREATE FUNCTION change_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  row_of jsonb := to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END);
  of TEXT := CASE TG_TABLE_NAME WHEN 'environments' THEN row_of ->> 'name' ELSE row_of ->> 'environment' END;
BEGIN
  INSERT INTO changes (environment, number) VALUES (of, 1)
    ON CONFLICT (environment) DO UPDATE SET number = changes.number + 1;
  PERFORM pg_notify('countersign', '');
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER environments_changed AFTER INSERT OR UPDATE OR DELETE ON environments
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION change_is_counted();
CREATE CONSTRAINT TRIGGER settings_changed AFTER INSERT OR UPDATE OR DELETE ON settings
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION change_is_counted();
CREATE CONSTRAINT TRIGGER channels_changed AFTER INSERT OR UPDATE OR DELETE ON channels
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION change_is_counted();
CREATE CONSTRAINT TRIGGER prices_changed AFTER INSERT OR UPDATE OR DELETE ON prices
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION change_is_counted();
-- Not every use of a reviewer number is a change.
CREATE CONSTRAINT TRIGGER reviewers_changed AFTER INSERT OR DELETE OR UPDATE OF code, ends_at ON reviewer_numbers
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION change_is_counted();
-- A connector's last success is none either.
CREATE CONSTRAINT TRIGGER connectors_changed AFTER INSERT OR DELETE OR UPDATE OF serving, deleted ON connectors
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION change_is_counted();
CREATE CONSTRAINT TRIGGER revisions_changed AFTER UPDATE OF quarantined ON revisions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION change_is_counted();

-- A component that was uploaded is compiled on every node before anybody wants it.
CREATE FUNCTION nodes_are_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('countersign', '');
  RETURN NULL;
END $$;
CREATE TRIGGER components_wanted AFTER INSERT OR UPDATE ON wanted_components
  FOR EACH STATEMENT EXECUTE FUNCTION nodes_are_told();
