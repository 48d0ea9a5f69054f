; Why RC + M2 <= DEPTH words are enough for an input spad of the row-stationary array, and two
; halves for the weights: docs/row_stationary.md tells the claim in words. Every query asks for a
; counterexample; `unsat`: there is none, for integers of any size.
;
; RC, M0, M2, DEPTH  words of a window, filters of a group, groups, words of the spad
; S(i), b(i)         first cycle of step i, first word of its window
; What the hardware does (formal/unbounded.sh; all as row 0 sees it: everything goes down a row a
; cycle):
;   row_steps      S(i+1) - S(i) >= RC M0
;   row_words      0 <= b(i+1) - b(i) <= RC, and word b(i) + RC + k comes, during step i, not
;                  before S(i) + k M0
;   row_sequencer  group m2 reads word b(i) + j in cycle S(i) + 1 + (m2 + j) M0, weight w in
;                  S(i) + 1 + m2 M0 + w; in the cycle in which another comes to its place it still
;                  reads this one
(set-logic ALL)
(declare-const RC Int) (declare-const M0 Int) (declare-const M2 Int) (declare-const DEPTH Int)
(assert (and (>= RC 1) (>= M0 1) (>= M2 1) (<= (+ RC M2) DEPTH)))
; W = RC M0
(define-fun W () Int (* RC M0))

; 1. Over h steps, by induction: S(i) - S(i-h) >= h W, 0 <= b(i) - b(i-h) <= h RC. (h = 0: equal.)
(push)
(declare-const h Int) (declare-const ds Int) (declare-const db Int)
(declare-const step Int) (declare-const move Int)
(assert (>= h 0))
(assert (and (>= ds (* h W)) (<= 0 db) (<= db (* h RC))))
(assert (and (>= step W) (<= 0 move) (<= move RC)))
(assert (not (and (>= (+ ds step) (* (+ h 1) W)) (<= 0 (+ db move))
                  (<= (+ db move) (* (+ h 1) RC)))))
(check-sat)
(pop)

; 2. Word n = b(i) + RC + k of step i takes the place of n - DEPTH. Any step t = i - h that needs
; that word, as place j of its window, has read it before: in every group m2 < M2.
(push)
(declare-const h Int) (declare-const ds Int) (declare-const db Int)
(declare-const k Int) (declare-const j Int) (declare-const m2 Int)
(declare-const comes Int) (declare-const reads Int)
(assert (>= h 0))
(assert (and (>= ds (* h W)) (<= 0 db) (<= db (* h RC))))
(assert (and (<= 0 k) (< k RC) (<= 0 j) (< j RC) (<= 0 m2) (< m2 M2)))
; cycles are counted from S(t), words from b(t): b(i) = db, S(i) = ds
(assert (= j (- (+ db RC k) DEPTH)))
(assert (>= comes (+ ds (* k M0))))
(assert (= reads (+ 1 (* (+ m2 j) M0))))
(assert (not (<= reads comes)))
(check-sat)
(pop)

; 3. No step after step i needs the word that was overwritten: step i+1's window begins behind it.
(push)
(declare-const move Int) (declare-const k Int)
(assert (and (<= 0 k) (< k move) (<= move RC)))
; words are counted from b(i): b(i+1) = move, later windows begin no earlier
(assert (not (< (- (+ RC k) DEPTH) move)))
(check-sat)
(pop)

; 4. Weight w of the next set takes the place of weight w of the set before the present one, whose
; last step began J = M2 M0 cycles before the present one's first: all groups have read it.
(push)
(declare-const w Int) (declare-const m2 Int) (declare-const comes Int) (declare-const reads Int)
(assert (and (<= 0 w) (<= 0 m2) (< m2 M2)))
; cycles are counted from that last step
(assert (>= comes (+ (* M2 M0) w)))
(assert (= reads (+ 1 (* m2 M0) w)))
(assert (not (<= reads comes)))
(check-sat)
(pop)

; 5. One word less is too few: this one has a counterexample.
(push)
(declare-const k Int) (declare-const j Int) (declare-const m2 Int)
(declare-const rc Int) (declare-const n2 Int) (declare-const depth Int)
(assert (and (>= rc 1) (>= n2 1) (= (+ rc n2) (+ depth 1)) (>= depth 1)))
(assert (and (<= 0 k) (< k rc) (<= 0 j) (< j rc) (<= 0 m2) (< m2 n2)))
(assert (= j (- (+ rc k) depth)))
(assert (not (<= (+ 1 (* (+ m2 j) M0)) (* k M0))))
(check-sat)
(pop)
