;; The loop of decode.js: the text's characters become the bytes that they stand for, where they are. An engine that has just started
;; interprets JavaScript, but compiles this: it takes a tenth of the time.
(module
  ;; 0: for each character, its place in the alphabet. 128: for each direct one, the byte that it stands for. 256: the text.
  (memory (export "memory") 4)
  (func (export "read")
    (param $size i32) ;; of the result
    (param $next i32) ;; where in the text the rest of the next announced byte is
    (local $at i32) (local $code i32)
    (loop $each
      (local.set $code (i32.load8_u offset=256 (local.get $at)))
      (if (i32.lt_u (local.get $code) (i32.const 124))
        (then (i32.store8 offset=256 (local.get $at) (i32.load8_u offset=128 (local.get $code))))
        (else
          (i32.store8 offset=256 (local.get $at)
            (i32.add
              (i32.load8_u (i32.load8_u offset=256 (local.get $next)))
              (i32.mul (i32.sub (local.get $code) (i32.const 124)) (i32.const 92))))
          (local.set $next (i32.add (local.get $next) (i32.const 1)))))
      (br_if $each
        (i32.lt_u
          (local.tee $at (i32.add (local.get $at) (i32.const 1)))
          (local.get $size))))))
