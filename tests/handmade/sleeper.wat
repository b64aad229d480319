;; Sleeps for a year.
(module
  (import "wasi:clocks/monotonic-clock@0.2.6" "subscribe-duration" (func $alarm (param i64) (result i32)))
  (import "wasi:io/poll@0.2.6" "[method]pollable.block" (func $wait (param i32)))
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "countersign:connector/sms@1.0.0#send") (param i32) (result i32)
    (call $wait (call $alarm (i64.const 31536000000000000)))
    (unreachable)))
