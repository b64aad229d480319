;; Computes for some milliseconds, as an interpreter does that starts up, and then says no.
(module
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "countersign:connector/sms@1.0.0#send") (param i32) (result i32)
    (local $left i32)
    (local.set $left (i32.const 15000000))
    (loop $again
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $again (local.get $left)))
    (i32.store8 (i32.const 64) (i32.const 1))
    (i32.store8 (i32.const 68) (i32.const 9))
    (i32.const 64)))
