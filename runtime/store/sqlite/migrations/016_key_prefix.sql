-- How a key begins: its kind and a few characters, so that people tell keys apart. Keys made before have none.
ALTER TABLE api_keys ADD COLUMN prefix TEXT;
