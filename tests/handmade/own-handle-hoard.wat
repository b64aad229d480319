;; Makes resource after resource of a type of its own: each is a handle that the host keeps.
(module
  (import "[export]test:guest/hoard@1.0.0" "[resource-new]thing" (func $new (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "countersign:connector/sms@1.0.0#send") (param i32) (result i32)
    (loop $more
      (drop (call $new (i32.const 1)))
      (br $more))
    (unreachable)))
