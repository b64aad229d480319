;; Ends the program with the word that all went well.
(module
  (import "wasi:cli/exit@0.2.6" "exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "countersign:connector/sms@1.0.0#send") (param i32) (result i32)
    (call $exit (i32.const 0))
    (unreachable)))
