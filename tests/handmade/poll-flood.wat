;; Waits for one clock, two hundred thousand times over in one list.
(module
  (import "wasi:clocks/monotonic-clock@0.2.6" "subscribe-duration" (func $alarm (param i64) (result i32)))
  (import "wasi:io/poll@0.2.6" "poll" (func $poll (param i32 i32 i32)))
  (memory (export "memory") 32)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "countersign:connector/sms@1.0.0#send") (param i32) (result i32)
    (local $alarm i32) (local $at i32)
    (local.set $alarm (call $alarm (i64.const 31536000000000000)))
    (local.set $at (i32.const 800000))
    (loop $again
      (i32.store offset=65536 (local.get $at) (local.get $alarm))
      (local.set $at (i32.sub (local.get $at) (i32.const 4)))
      (br_if $again (local.get $at)))
    (call $poll (i32.const 65540) (i32.const 200000) (i32.const 64))
    (unreachable)))
