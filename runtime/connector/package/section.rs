//! One custom section, appended to a component. Stands alone: the build script includes this very file.

/// Name of the section.
pub const NAME: &str = "countersign:package";

/// Append the section (WebAssembly core specification §5.5.3; components use the same framing).
pub fn append(wasm: &[u8], data: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    length(NAME.len(), &mut body);
    body.extend_from_slice(NAME.as_bytes());
    body.extend_from_slice(data);
    let mut out = wasm.to_vec();
    out.push(0);
    length(body.len(), &mut out);
    out.extend_from_slice(&body);
    out
}

/// LEB128.
fn length(mut value: usize, out: &mut Vec<u8>) {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or(0x7f);
        value >>= 7;
        out.push(if value == 0 { low } else { low | 0x80 });
        if value == 0 {
            return;
        }
    }
}
