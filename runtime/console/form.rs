//! A form of a JSON Schema, and a configuration of what was posted.
