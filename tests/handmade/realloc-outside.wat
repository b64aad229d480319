;; Gives the host an address outside of its memory to write to.
(module
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const -8))
  (func (export "countersign:connector/sms@1.0.0#send") (param i32) (result i32) (unreachable)))
