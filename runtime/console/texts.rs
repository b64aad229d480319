//! Templates as a table and as JSON, and the phone that shows what they come to.
