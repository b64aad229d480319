//! Uploads that are made to be expensive: to parse, to validate, to compile.

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign::connector::digest::Digest;
use wasm_encoder::{
    BlockType, CodeSection, ComponentInstanceSection, ComponentTypeSection, Function, FunctionSection, Module,
    ModuleSection, PrimitiveValType, TypeSection, ValType,
};

use crate::support::guests::{self, Pack, pack_bytes};
use crate::support::handmade::{self, with_more};
use crate::support::service::{Service, cache_dir, number};
use crate::support::within;

/// A module whose functions are all `body`.
fn module(count: u32, body: &Function) -> Module {
    let (mut types, mut functions, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    types.ty().function([ValType::I32], [ValType::I32]);
    for _ in 0..count {
        functions.function(0);
        code.function(body);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    module
}

/// A good connector with that module beside its own: it is compiled, though nobody makes an instance of it.
fn beside(module: &Module) -> Vec<u8> {
    with_more(&guests::unpacked("trap"), |_, more| {
        more.section(&ModuleSection(module));
    })
}

/// `count` empty functions.
fn empty_functions(count: u32) -> Vec<u8> {
    let mut body = Function::new([]);
    body.instructions().local_get(0).end();
    beside(&module(count, &body))
}

/// `count` functions of about `bytes` bytes of arithmetic.
fn giants(count: u32, bytes: u32) -> Vec<u8> {
    let mut body = Function::new([]);
    let mut instructions = body.instructions();
    instructions.local_get(0);
    for n in 0..bytes / 6 {
        instructions.local_get(0).i32_const(n as i32 % 60).i32_mul().i32_add();
    }
    instructions.end();
    beside(&module(count, &body))
}

/// Functions that keep thousands of locals alive from their begin to their end.
fn live_locals(count: u32, locals: u32) -> Vec<u8> {
    let mut body = Function::new([(locals, ValType::I32)]);
    let mut instructions = body.instructions();
    for n in 1..=locals {
        instructions.local_get(0).i32_const(n as i32).i32_add().local_set(n);
    }
    instructions.local_get(0);
    for n in 1..=locals {
        instructions.local_get(n).i32_add();
    }
    instructions.end();
    beside(&module(count, &body))
}

/// Blocks in blocks, and a jump table into all of them.
fn jump_tables(count: u32, depth: u32) -> Vec<u8> {
    let mut body = Function::new([]);
    let mut instructions = body.instructions();
    for _ in 0..depth {
        instructions.block(BlockType::Empty);
    }
    instructions.local_get(0).br_table((0..depth).collect::<Vec<_>>(), 0);
    for _ in 0..depth {
        instructions.end();
    }
    instructions.local_get(0).end();
    beside(&module(count, &body))
}

/// Blocks in blocks.
fn nested_blocks(depth: u32) -> Vec<u8> {
    let mut body = Function::new([]);
    let mut instructions = body.instructions();
    for _ in 0..depth {
        instructions.block(BlockType::Empty);
    }
    for _ in 0..depth {
        instructions.end();
    }
    instructions.local_get(0).end();
    beside(&module(1, &body))
}

/// Core types without end.
fn core_types(count: u32) -> Vec<u8> {
    let mut types = TypeSection::new();
    for _ in 0..count {
        types.ty().function([ValType::I32; 8], [ValType::I32]);
    }
    let mut module = Module::new();
    module.section(&types);
    beside(&module)
}

/// Each type is a pair of the one before: what it stands for doubles with each.
fn doubling_types(count: u32) -> Vec<u8> {
    with_more(&guests::unpacked("trap"), |counted, more| {
        let mut types = ComponentTypeSection::new();
        types.defined_type().tuple([PrimitiveValType::U8, PrimitiveValType::U8]);
        for n in 0..count {
            let before = wasm_encoder::ComponentValType::Type(counted.types + n);
            types.defined_type().tuple([before, before]);
        }
        more.section(&types);
    })
}

/// Types without end, at the component's own level.
fn component_types(count: u32) -> Vec<u8> {
    with_more(&guests::unpacked("trap"), |_, more| {
        let mut types = ComponentTypeSection::new();
        for _ in 0..count {
            types.defined_type().list(PrimitiveValType::U8);
        }
        more.section(&types);
    })
}

/// A component with a wide import that is given the same wide instance again and again: each time all of it is compared.
fn wide_instances(width: u32, count: u32) -> Vec<u8> {
    let mut text = String::from("(component (component $inner (import \"a\" (instance");
    for n in 0..width {
        text.push_str(&format!(" (export \"f{n}\" (func (param \"x\" (tuple u8 u16 u32 u64 string))))"));
    }
    text.push_str(")))\n(import \"countersign:connector/http@1.0.0\" (instance $wide");
    for n in 0..width {
        text.push_str(&format!(" (export \"f{n}\" (func (param \"x\" (tuple u8 u16 u32 u64 string))))"));
    }
    text.push_str("))\n");
    for _ in 0..count {
        text.push_str("(instance (instantiate $inner (with \"a\" (instance $wide))))\n");
    }
    text.push(')');
    wat::parse_str(&text).unwrap()
}

/// Components in components, each with an instance of the next twice: what is instantiated doubles with each.
fn doubling_instances(depth: u32) -> Vec<u8> {
    fn level(depth: u32) -> wasm_encoder::Component {
        let mut component = wasm_encoder::Component::new();
        if depth == 0 {
            let mut instances = wasm_encoder::InstanceSection::new();
            component.section(&ModuleSection(&Module::new()));
            instances.instantiate(0, std::iter::empty::<(&str, wasm_encoder::ModuleArg)>());
            component.section(&instances);
            return component;
        }
        component.section(&wasm_encoder::NestedComponentSection(&level(depth - 1)));
        let mut instances = ComponentInstanceSection::new();
        for _ in 0..2 {
            instances.instantiate(0, std::iter::empty::<(&str, wasm_encoder::ComponentExportKind, u32)>());
        }
        component.section(&instances);
        component
    }
    with_more(&guests::unpacked("trap"), |counted, more| {
        more.section(&wasm_encoder::NestedComponentSection(&level(depth)));
        let mut instances = ComponentInstanceSection::new();
        instances.instantiate(counted.components, std::iter::empty::<(&str, wasm_encoder::ComponentExportKind, u32)>());
        more.section(&instances);
    })
}

/// Each bomb, and words of its refusal: by what is counted before, by the validator, or by the clock of the compiler.
fn bombs() -> [(&'static str, Vec<u8>, &'static str); 11] {
    [
        ("many-empty", empty_functions(900_000), "more than 100000 functions"),
        ("fewer-empty", empty_functions(99_000), "more than 1 s"),
        ("giants", giants(12, 2_000_000), "more than 1 s"),
        ("live-locals", live_locals(100, 5_000), "more than 1 s"),
        ("jump-tables", jump_tables(300, 2_000), "more than 1 s"),
        ("nested-blocks", nested_blocks(600_000), "more than 1 s"),
        ("core-types", core_types(900_000), "more than 200000 types"),
        ("doubling-types", doubling_types(40), "type size"),
        ("component-types", component_types(900_000), "bytes of declarations"),
        ("wide-instances", wide_instances(2_000, 900), "more than 128 instances"),
        ("doubling-instances", doubling_instances(13), "core module instances"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bomb_of_any_make_is_refused_in_time_while_others_send_and_nothing_of_it_stays() {
    // What is good is compiled before, with all the time that an unoptimised compiler wants.
    Service::start().await.serve_marker("marker-a").await;
    let service = Arc::new(Service::with(|config| config.sandbox.compile_seconds = 1).await);
    service.serve_marker("marker-a").await;
    let mut sent = 0;
    for (id, wasm, words) in bombs() {
        let wasm = pack_bytes(&wasm, id, &Pack::default());
        let digest = Digest::of(&wasm).to_string();
        let started = Instant::now();
        let uploading = Arc::clone(&service);
        let upload = tokio::spawn(async move { uploading.upload(wasm).await });
        while !upload.is_finished() {
            sent += 1;
            let (_, made) = service.create(&number(sent)).await;
            assert_eq!(made["delivery"]["status"], "accepted", "{id}: {made}");
        }
        let (status, refused) = within("the refusal of a bomb", upload).await.unwrap();
        assert_eq!(status, 422, "{id}: {refused}");
        // The child's own limit of CPU time may be met before the parent's clock.
        let by_clock = words.contains("longer") && refused.to_string().contains("too much memory or time");
        assert!(refused.to_string().contains(words) || by_clock, "{id}: {refused}");
        assert!(started.elapsed() < Duration::from_secs(15), "{id}: {:?}", started.elapsed());
        assert_eq!(service.get(&format!("/v1/components/{id}")).await.0, 404, "{id}");
        let mut compiled = std::fs::read_dir(cache_dir()).unwrap().map(|file| file.unwrap().file_name());
        assert!(!compiled.any(|file| file.to_string_lossy().starts_with(&digest)), "{id} left something in the cache");
    }
    let next = pack_bytes(&handmade::named("worker"), "worker", &Pack::default());
    assert_eq!(service.upload(next).await.0, 201, "the next upload is served");
}
