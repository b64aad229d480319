//! How the records of `wit/connector.wit` lie in memory by the canonical ABI, for SDKs that write them down by hand.

use wit_parser::{Int, Resolve, SizeAlign, Type, TypeDef, TypeDefKind, TypeId};

use crate::support::guests::root;

/// One type of the contract, or what an export is given in memory.
pub(super) struct Layout {
    /// As the contract has it: `failure-kind`.
    pub(super) name: String,
    pub(super) size: usize,
    pub(super) shape: Shape,
}

pub(super) enum Shape {
    /// Fields and where they lie.
    Record(Vec<(String, usize)>),
    /// Cases in the order of their numbers.
    Enum(Vec<String>),
    /// The same, and where their value lies.
    Variant(Vec<String>, usize),
}

/// Every type of the contract that has a name and is not another one's.
pub(super) fn of_the_contract() -> Vec<Layout> {
    let mut resolve = Resolve::default();
    resolve.push_path(root().join("wit/connector.wit")).unwrap();
    let mut sizes = SizeAlign::default();
    sizes.fill(&resolve);
    let mut found: Vec<Layout> = resolve.types.iter().filter_map(|(id, found)| layout(&sizes, id, found)).collect();
    found.push(arguments(&resolve, &sizes));
    assert!(found.len() > 20, "{} types", found.len());
    found
}

/// What a function of the contract answers where it may fail, as `interface.function`: its size, and where the value or
/// the failure lies in it.
pub(super) fn results() -> Vec<(String, usize, usize)> {
    let mut resolve = Resolve::default();
    resolve.push_path(root().join("wit/connector.wit")).unwrap();
    let mut sizes = SizeAlign::default();
    sizes.fill(&resolve);
    let mut found = Vec::new();
    for (_, interface) in resolve.interfaces.iter() {
        for (name, function) in &interface.functions {
            let Some(Type::Id(id)) = function.result else { continue };
            let TypeDefKind::Result(result) = &resolve.types[id].kind else { panic!("{name} answers no result") };
            let payload = sizes.payload_offset(Int::U8, [result.ok.as_ref(), result.err.as_ref()]).size_wasm32();
            let name = format!("{}.{name}", interface.name.as_deref().unwrap());
            found.push((name, sizes.size(&Type::Id(id)).size_wasm32(), payload));
        }
    }
    assert_eq!(found.len(), 8);
    found
}

fn layout(sizes: &SizeAlign, id: TypeId, found: &TypeDef) -> Option<Layout> {
    let shape = match &found.kind {
        TypeDefKind::Record(record) => Shape::Record(offsets(sizes, record.fields.iter().map(|f| (&f.name, &f.ty)))),
        TypeDefKind::Enum(cases) => Shape::Enum(cases.cases.iter().map(|case| case.name.clone()).collect()),
        TypeDefKind::Variant(variant) => Shape::Variant(
            variant.cases.iter().map(|case| case.name.clone()).collect(),
            sizes.payload_offset(variant.tag(), variant.cases.iter().map(|case| case.ty.as_ref())).size_wasm32(),
        ),
        _ => return None,
    };
    Some(Layout { name: found.name.clone().unwrap(), size: sizes.size(&Type::Id(id)).size_wasm32(), shape })
}

/// What `sms.send` is given: too much for parameters, so it lies in memory.
fn arguments(resolve: &Resolve, sizes: &SizeAlign) -> Layout {
    let (_, sms) = resolve.interfaces.iter().find(|(_, found)| found.name.as_deref() == Some("sms")).unwrap();
    let params = &sms.functions["send"].params;
    let size = sizes.params(params.iter().map(|param| &param.ty)).size.size_wasm32();
    let fields = offsets(sizes, params.iter().map(|param| (&param.name, &param.ty)));
    Layout { name: "send-arguments".to_owned(), size, shape: Shape::Record(fields) }
}

fn offsets<'a>(
    sizes: &SizeAlign,
    fields: impl Iterator<Item = (&'a String, &'a Type)> + Clone,
) -> Vec<(String, usize)> {
    let places = sizes.field_offsets(fields.clone().map(|(_, ty)| ty));
    fields.zip(places).map(|((name, _), (at, _))| (name.replace('-', "_"), at.size_wasm32())).collect()
}
