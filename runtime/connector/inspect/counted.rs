//! How much there is of an upload, counted as it is walked over: what costs time to validate and to compile.

use wasmparser::Payload;

use super::Bounds;

const LEVELS_MAX: u32 = 16;

/// What was seen so far.
#[derive(Default)]
pub(super) struct Counted {
    /// 0 at the component's own level.
    pub(super) depth: u32,
    modules: u32,
    functions: u64,
    function_bytes: usize,
    items: u64,
    declared_bytes: usize,
    instances: u64,
}

impl Counted {
    pub(super) fn add(&mut self, payload: &Payload<'_>) {
        match payload {
            Payload::ModuleSection { .. } => {
                self.depth += 1;
                self.modules += 1;
            }
            Payload::ComponentSection { .. } => self.depth += 1,
            Payload::End(_) => self.depth = self.depth.saturating_sub(1),
            Payload::CodeSectionStart { count, .. } => self.functions += u64::from(*count),
            Payload::CodeSectionEntry(body) => {
                self.function_bytes = self.function_bytes.max(body.as_bytes().len());
            }
            Payload::ComponentInstanceSection(section) => {
                self.instances += u64::from(section.count());
                self.declared_bytes += section.range().len();
            }
            Payload::ComponentTypeSection(section) => self.declared_bytes += section.range().len(),
            Payload::CoreTypeSection(section) => self.declared_bytes += section.range().len(),
            Payload::ComponentImportSection(section) => self.declared_bytes += section.range().len(),
            Payload::ComponentExportSection(section) => self.declared_bytes += section.range().len(),
            Payload::ComponentAliasSection(section) => self.declared_bytes += section.range().len(),
            Payload::ComponentCanonicalSection(section) => self.declared_bytes += section.range().len(),
            Payload::InstanceSection(section) => self.declared_bytes += section.range().len(),
            payload => self.items += u64::from(items(payload)),
        }
    }

    /// Why it is too much, if it is.
    pub(super) fn too_much(&self, bounds: &Bounds) -> Option<String> {
        let more =
            |counted: u64, max: u64, what: &str| (counted > max).then(|| format!("it has more than {max} {what}"));
        if self.function_bytes > bounds.function_bytes_max {
            let (bytes, max) = (self.function_bytes, bounds.function_bytes_max);
            return Some(format!("a function has {bytes} bytes; at most {max} are compiled"));
        }
        more(self.functions, bounds.functions_max, "functions")
            .or_else(|| more(self.modules.into(), bounds.modules_max.into(), "modules"))
            .or_else(|| more(self.depth.into(), LEVELS_MAX.into(), "levels of components"))
            .or_else(|| more(self.items, bounds.items_max, "types, imports, exports, globals and segments"))
            .or_else(|| more(self.instances, bounds.instances_max, "instances of components"))
            .or_else(|| {
                let (declared, max) = (self.declared_bytes as u64, bounds.declared_bytes_max as u64);
                more(declared, max, "bytes of declarations besides its modules")
            })
    }
}

/// What a core module declares in one section.
fn items(payload: &Payload<'_>) -> u32 {
    match payload {
        Payload::TypeSection(section) => section.count(),
        Payload::ImportSection(section) => section.count(),
        Payload::TableSection(section) => section.count(),
        Payload::MemorySection(section) => section.count(),
        Payload::GlobalSection(section) => section.count(),
        Payload::ExportSection(section) => section.count(),
        Payload::ElementSection(section) => section.count(),
        Payload::DataSection(section) => section.count(),
        _ => 0,
    }
}
