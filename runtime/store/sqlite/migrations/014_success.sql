-- When a connector's provider last took a message, or reported one as delivered: known without reading its messages, and
-- when these are purged.
ALTER TABLE connectors ADD COLUMN last_success_at INTEGER;
UPDATE connectors SET last_success_at = (
  SELECT a.started_at + coalesce(a.elapsed_ms, 0) FROM attempts a CROSS JOIN messages m ON m.id = a.message_id
  WHERE a.connector = connectors.name AND +m.environment = connectors.environment
    AND a.status IN ('accepted', 'delivered')
  ORDER BY a.message_id DESC LIMIT 1)
  WHERE NOT deleted;
