-- A report that outruns its receipt tells what an attempt costs while it is still under way. What was not billed yet is not
-- taken off.
DROP TRIGGER attempts_are_billed;
CREATE TRIGGER attempts_are_billed AFTER UPDATE OF status, segments, list_micros, told_micros, told_currency, cpu_us ON attempts
WHEN new.status <> 'sending'
BEGIN
  INSERT INTO bills (environment, connector, day, country, accepted, delivered, undelivered, refused, unknown, segments,
      unpriced, cpu_us, memory_bytes, bytes_out, bytes_in)
    SELECT m.environment, new.connector, new.started_at / 86400000, coalesce(m.country, ''),
      (new.status = 'accepted') - (old.status = 'accepted'), (new.status = 'delivered') - (old.status = 'delivered'),
      (new.status = 'undelivered') - (old.status = 'undelivered'), (new.status = 'refused') - (old.status = 'refused'),
      (new.status = 'unknown') - (old.status = 'unknown'), new.parts - old.parts,
      (new.taken AND new.cost_by IS NULL) - (old.taken AND old.cost_by IS NULL),
      coalesce(new.cpu_us, 0) - coalesce(old.cpu_us, 0), coalesce(new.memory_bytes, 0),
      coalesce(new.bytes_out, 0) - coalesce(old.bytes_out, 0), coalesce(new.bytes_in, 0) - coalesce(old.bytes_in, 0)
    FROM messages m WHERE m.id = new.message_id
    ON CONFLICT (environment, connector, day, country) DO UPDATE SET
      accepted = accepted + excluded.accepted, delivered = delivered + excluded.delivered,
      undelivered = undelivered + excluded.undelivered, refused = refused + excluded.refused,
      unknown = unknown + excluded.unknown, segments = segments + excluded.segments,
      unpriced = unpriced + excluded.unpriced, cpu_us = cpu_us + excluded.cpu_us,
      memory_bytes = max(memory_bytes, excluded.memory_bytes), bytes_out = bytes_out + excluded.bytes_out,
      bytes_in = bytes_in + excluded.bytes_in;
  UPDATE bill_costs SET sends = sends - 1, micros = micros - old.cost_micros
    WHERE old.status <> 'sending' AND old.cost_by IS NOT NULL AND environment = (SELECT environment FROM messages WHERE id = old.message_id)
      AND connector = old.connector AND day = old.started_at / 86400000
      AND country = (SELECT coalesce(country, '') FROM messages WHERE id = old.message_id)
      AND currency = old.cost_currency AND told_by = old.cost_by;
  INSERT INTO bill_costs (environment, connector, day, country, currency, told_by, sends, micros)
    SELECT m.environment, new.connector, new.started_at / 86400000, coalesce(m.country, ''), new.cost_currency, new.cost_by,
      1, new.cost_micros
    FROM messages m WHERE m.id = new.message_id AND new.cost_by IS NOT NULL
    ON CONFLICT (environment, connector, day, country, currency, told_by) DO UPDATE SET
      sends = sends + excluded.sends, micros = min(micros + excluded.micros, 1000000000000000000);
END;
