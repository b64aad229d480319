//! JSON as Python's `json.dumps` writes it, with a space after each comma and colon: the SDKs sign these bytes.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

pub(crate) fn json<T: Serialize>(value: &T) -> Vec<u8> {
    let mut body = Vec::new();
    // Writing structs of strings to memory does not fail.
    let _ = value.serialize(&mut Serializer::with_formatter(&mut body, Spaced));
    body
}
