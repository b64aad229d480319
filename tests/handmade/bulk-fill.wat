;; Fills nearly all the memory that it may have, again and again: no clock interrupts a single instruction.
(module
  (memory (export "memory") 1020)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "countersign:connector/sms@1.0.0#send") (param i32) (result i32)
    (loop $again
      (memory.fill (i32.const 4096) (i32.const 1) (i32.const 66000000))
      (memory.copy (i32.const 8192) (i32.const 4096) (i32.const 66000000))
      (br $again))
    (unreachable)))
