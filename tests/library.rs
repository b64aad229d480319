//! The connector host as a library: no service, no store, no HTTP server.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use countersign::connector::sandbox::{LoadError, Sandbox, SandboxOptions};

use crate::support::guests;
use crate::support::sandbox::sandbox_with;
use crate::support::service::compiler;

fn sandbox(cache_dir: &Path, change: impl FnOnce(&mut SandboxOptions)) -> Arc<Sandbox> {
    sandbox_with(|options| {
        options.cache_dir = cache_dir.to_path_buf();
        change(options);
    })
}

/// A program that stands in for the compiler.
fn script(dir: &Path, body: &str) -> PathBuf {
    let file = dir.join("compiler.sh");
    std::fs::write(&file, format!("#!/bin/sh\n{body}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o700)).unwrap();
    file
}

fn cached(dir: &Path) -> PathBuf {
    let mut files = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    files.find(|file| file.extension().is_some_and(|extension| extension == "cwasm")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_is_compiled_once_shared_while_used_and_freed_with_its_last_user() {
    let dir = tempfile::tempdir().unwrap();
    let wasm = guests::unpacked("trap");
    let first = sandbox(dir.path(), |_| {});
    let one = first.load(&wasm).await.unwrap();
    assert!(one.compile_ms() > 0);
    assert!(Arc::ptr_eq(&one, &first.load(&wasm).await.unwrap()), "the same bytes are loaded once");
    assert_eq!(first.loaded(), 1);
    drop(one);
    assert_eq!(first.loaded(), 0);
    let again = sandbox(dir.path(), |options| options.compiler = "/nonexistent".into()).load(&wasm).await.unwrap();
    assert_eq!(again.compile_ms(), 0, "another process takes it from the cache, and compiles nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compiled_file_that_is_damaged_or_that_others_may_write_is_compiled_anew() {
    let dir = tempfile::tempdir().unwrap();
    let wasm = guests::unpacked("trap");
    drop(sandbox(dir.path(), |_| {}).load(&wasm).await.unwrap());
    let file = cached(dir.path());
    let whole = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    assert!(sandbox(dir.path(), |_| {}).load(&wasm).await.unwrap().compile_ms() > 0, "half a file");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o622)).unwrap();
    assert!(sandbox(dir.path(), |_| {}).load(&wasm).await.unwrap().compile_ms() > 0, "a file that others may write");
    std::fs::rename(&file, dir.path().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink(dir.path().join("elsewhere"), &file).unwrap();
    assert!(sandbox(dir.path(), |_| {}).load(&wasm).await.unwrap().compile_ms() > 0, "a link to a file");
}

/// Within every bound that is looked at before compiling, and too much to compile all the same.
fn bomb() -> Vec<u8> {
    use wasm_encoder::{
        CodeSection, Component, Function, FunctionSection, Module, ModuleSection, TypeSection, ValType,
    };
    let (mut types, mut functions, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    types.ty().function([ValType::I32], [ValType::I32]);
    for _ in 0..20_000 {
        functions.function(0);
        let mut body = Function::new([]);
        let mut instructions = body.instructions();
        instructions.local_get(0);
        for n in 0..100 {
            instructions.local_get(0).i32_const(n).i32_mul().i32_add();
        }
        instructions.end();
        code.function(&body);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    let mut component = Component::new();
    component.section(&ModuleSection(&module));
    component.finish()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compile_bomb_ends_at_its_deadline_and_the_next_component_is_compiled() {
    let dir = tempfile::tempdir().unwrap();
    let short = sandbox(dir.path(), |options| options.compile_deadline = Duration::from_secs(1));
    let error = short.load(&bomb()).await.err().unwrap();
    assert!(matches!(error, LoadError::TooSlow(1)), "{error}");
    assert!(error.to_string().contains("`sandbox.compile_seconds`"), "it says what to do: {error}");
    assert!(error.as_reason().is_some(), "the upload is to blame, and its sender is told");
    sandbox(dir.path(), |_| {}).load(&guests::unpacked("trap")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compiler_that_wants_more_memory_than_it_may_have_is_refused_it() {
    let dir = tempfile::tempdir().unwrap();
    let small = sandbox(dir.path(), |options| options.compile_memory_bytes = 64 << 20);
    let error = small.load(&bomb()).await.err().unwrap();
    assert!(matches!(error, LoadError::TooMuchMemory(64)), "{error}");
    assert!(error.to_string().contains("`sandbox.compile_memory_mib`"), "it says what to do: {error}");
    assert!(error.as_reason().is_some(), "the upload is to blame, and its sender is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_is_busy_does_not_make_a_component_too_slow() {
    let dir = tempfile::tempdir().unwrap();
    // A compiler that waits for longer than its limit of CPU time, and then compiles.
    let program = script(dir.path(), &format!("sleep 1.5; exec {} \"$@\"", compiler().display()));
    let sandbox = sandbox(&dir.path().join("cache"), |options| {
        options.compiler = program;
        options.compile_deadline = Duration::from_secs(1);
    });
    match sandbox.load(&guests::unpacked("trap")).await {
        Ok(component) => assert!(component.compile_ms() > 1000, "{}", component.compile_ms()),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_compiler_has_nothing_in_its_environment_but_a_word_to_its_allocator() {
    let dir = tempfile::tempdir().unwrap();
    let program = script(dir.path(), "tr '\\0' ';' < /proc/$$/environ >&2; echo '<end>' >&2; exit 1");
    let error = sandbox(dir.path(), |options| options.compiler = program).load(b"").await.err().unwrap();
    assert_eq!(error.to_string(), "it can't be compiled: MIMALLOC_ARENA_RESERVE=0;<end>");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_small_machine_has_compiles_a_connector() {
    let dir = tempfile::tempdir().unwrap();
    let small = sandbox(dir.path(), |options| options.compile_memory_bytes = 256 << 20);
    assert!(small.load(&guests::unpacked("marker-a")).await.unwrap().compile_ms() > 0);
}

#[test]
fn the_compiler_holds_no_descriptor_that_it_inherited() {
    let (mut ours, theirs) = std::io::pipe().unwrap();
    rustix::io::fcntl_setfd(&theirs, rustix::io::FdFlags::empty()).unwrap();
    let mut child = Command::new(compiler())
        .args(["compile-component", "--memory-bytes", "2147483648", "--cpu-seconds", "60"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(theirs);
    // It waits for its input, which nobody sends yet. If it still held the other end, this would wait for it.
    let mut rest = Vec::new();
    ours.read_to_end(&mut rest).unwrap();
    assert!(child.try_wait().unwrap().is_none(), "it runs, and has let go");
    child.stdin.take().unwrap().write_all(b"nothing that compiles").unwrap();
    assert!(!child.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_the_contract_is_told_apart_from_what_does_not_compile() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = sandbox(dir.path(), |_| {});
    let empty = wat::parse_str("(component)").unwrap();
    assert!(matches!(sandbox.load(&empty).await.err().unwrap(), LoadError::Contract(_) | LoadError::Compiler(_)));
    let error = sandbox.load(b"\0asm\x0d\0\x01\0broken").await.err().unwrap();
    assert!(matches!(error, LoadError::Compiler(_)), "{error}");
}
