//! A provider, put into the generic guest's memory.
//!
//! The bytes lie where the guest's heap would begin: `__heap_base`, which the linker exports and which nothing else
//! uses (`connectors/generic/src/given.rs`). So the module stays as it was built, but for one more segment of data and
//! as much more memory as that takes.

use anyhow::{Context as _, ensure};
use wasm_encoder::{
    ConstExpr, DataCountSection, Encode as _, MemorySection, MemoryType, Module, RawSection, SectionId,
};
use wasmparser::{Operator, Parser, Payload};

const PAGE_BYTES: u64 = 65_536;
const ALIGNED: u32 = 8;

/// The module with the data in it, its length in front.
pub(super) fn weld(module: &[u8], data: &[u8]) -> anyhow::Result<Vec<u8>> {
    let at = heap_base(module)?.next_multiple_of(ALIGNED);
    let length = u32::try_from(data.len())?;
    let bytes = [&length.to_le_bytes(), data].concat();
    let end = u64::from(at) + bytes.len() as u64;
    let mut out = Module::new();
    let mut welded = false;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        match &payload {
            Payload::MemorySection(memories) => {
                let mut section = MemorySection::new();
                for memory in memories.clone() {
                    let memory = memory?;
                    let minimum = memory.initial.max(end.div_ceil(PAGE_BYTES));
                    ensure!(memory.maximum.is_none() && !memory.memory64, "the guest's memory grows");
                    section.memory(MemoryType {
                        minimum,
                        maximum: None,
                        memory64: false,
                        shared: false,
                        page_size_log2: None,
                    });
                }
                out.section(&section);
            }
            Payload::DataCountSection { count, .. } => {
                out.section(&DataCountSection { count: count + 1 });
            }
            Payload::DataSection(segments) => {
                let mut section = Vec::new();
                (segments.count() + 1).encode(&mut section);
                // Behind the count, which is written anew, stand the segments as they are.
                let first = segments.clone().into_iter_with_offsets().next().context("the guest has data")??.0;
                section.extend_from_slice(module.get(first..segments.range().end).context("the data's own range")?);
                section.extend_from_slice(&segment(at, &bytes));
                out.section(&RawSection { id: SectionId::Data.into(), data: &section });
                welded = true;
            }
            other => {
                if let Some((id, range)) = other.as_section() {
                    let data = module.get(range).context("a section's own range")?;
                    out.section(&RawSection { id, data });
                }
            }
        }
    }
    ensure!(welded, "the guest has no data");
    Ok(out.finish())
}

/// One active segment, as the section has it.
fn segment(at: u32, bytes: &[u8]) -> Vec<u8> {
    // Of the only memory.
    let mut out = vec![0];
    ConstExpr::i32_const(at.cast_signed()).encode(&mut out);
    bytes.encode(&mut out);
    out
}

/// Where the guest's heap would begin.
fn heap_base(module: &[u8]) -> anyhow::Result<u32> {
    let (mut globals, mut index) = (Vec::new(), None);
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::GlobalSection(section) => {
                for global in section {
                    let mut ops = global?.init_expr.get_operators_reader();
                    globals.push(if let Operator::I32Const { value } = ops.read()? { Some(value) } else { None });
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.name == "__heap_base" {
                        index = Some(export.index as usize);
                    }
                }
            }
            _ => {}
        }
    }
    let value =
        index.and_then(|index| globals.get(index).copied().flatten()).context("the guest has no __heap_base")?;
    Ok(value.cast_unsigned())
}
