;; Answers, and loops when the host lets it clean up.
(module
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
  (func (export "countersign:connector/sms@1.0.0#send") (param i32) (result i32) (i32.const 64))
  (func (export "cabi_post_countersign:connector/sms@1.0.0#send") (param i32) (loop $again (br $again))))
