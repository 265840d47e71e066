// Package engine runs graphs: a Plan is the compiled form of one, a Reference
// evaluates node after node and is what a Plan is tested against.
//
// # Words
//
// A value is an array that one node computes, or several equal ones; it never
// changes, and passes note what they find in tables by its number. A view is a value
// that is the memory of another, its base, read with strides. A unit is one
// instruction: a product, a plain loop, the evaluation of a rule, or a loop over
// several values, element by element. Its stage says after which others it runs; the
// units of one stage (and of one piece of a loop that was too long) run at once and
// are a phase. Workers share the parts of the units of a phase. A part goes through
// its share of the grid, rows and columns, in blocks whose vectors fit in the cache;
// a step is one kernel called on vectors of a block, which are slices of memory or
// registers. A fold is a reduction of a loop's vectors. All that is computed lies in
// one arena.
//
// # Passes
//
// passes (compile.go) calls them in this order. Each returns a program of its own
// type, which embeds that of the pass before, so that a pass can read what is known
// and nothing else; the tables of earlier passes are not written to any more.
//
//	load      nodes → *expr. Makes values of the nodes that outputs need (load.go).
//	          Each goes through apply, which rewrites it (simplify.go, reshape.go,
//	          expand.go, joined.go, softmax.go), evaluates what is constant, and merges equal
//	          values (value.go). Operands have smaller numbers than results.
//	lower     → *lowered. Decides which values are live, how each is computed, and
//	          the order (lower.go): nothing runs for a view (view.go); a product takes
//	          in its bias and a function (matrix.go), a concat the concats that it joins
//	          (concat.go), and a product that reads columns joined from several
//	          arrays takes them where they are (beside.go); where a rule cannot read strides, it reads a copy. Copies are
//	          new values, with larger numbers.
//	classify  → *classified. Finds sets of values that one loop may compute, whose
//	          shapes have one refinement, a grid for all of them (class.go), and the
//	          values that arrays which never change determine (fixed.go).
//	schedule  → *scheduled. Gives each value a stage (stage.go), cheap ones a copy in
//	          each stage that reads them (recompute.go), and makes units of values that
//	          share a class, a stage and an operand (unit.go). What a unit reads from
//	          memory was written in an earlier phase.
//	loop      → *looped. Plans each loop: the grid and the blocks (loop.go), operands
//	          that the steps of others take in (fuse.go), the steps (emit.go) and the
//	          registers (registers.go).
//	split     → *divided. Divides loops into parts (split.go) by shapes and estimated
//	          costs alone, never by the number of workers.
//	fold      → *folded. Takes out the units that fixed arrays determine (once.go).
//	live      → *lived. Finds the phases, and from which to which memory holds a value
//	          (live.go).
//	place     → *placed. Gives what is read from memory an offset in the arena
//	          (place.go). Two values overlap only where one has been read for the last
//	          time before the other is written, element by element.
//	bind      → *Plan. Makes instructions (instruction.go) with pointers to their memory
//	          (bind.go): loops, products (product.go), plain loops and rules (eval.go).
//
// The steps of a Scan are a program of their own: scan.go finds the Scans that one loop
// computes, nest.go compiles its steps after lower, nest_run.go runs them one after the
// other, and nest_move.go has them read and write what moves on where it lies. Columns
// of one product that a step reads apart, as gates are, become products of their own
// (columns.go), and what a step joins as columns is kept apart (joined.go). Where each
// row of a batch depends on itself alone, which rows.go finds out with the help of
// rows_rules.go, the loop is computed for some rows after the other, each on one worker
// from the first step to the last; so none waits for another at a step.
//
// Then Run (run.go) goes from phase to phase; loops run in exec.go, their folds in
// fold.go. ExplainPasses shows a graph after any pass (explain_passes.go), Explain the
// plan (explain.go). In tests Compile looks over each program (check.go). A file uses
// only what files before it declare; order_test.go has the order.
//
// # A new operation
//
// A rule needs nothing here: it is evaluated by its own Eval. What makes it faster
// is a row of operations (ops.go): where its result is a view, how it is computed
// otherwise, over which shape a loop of it runs and what an element of it costs. A
// function of one or two numbers has a row in functions.go. Plain loops stand in
// direct.go, index.go, reduce.go and permute.go, convolutions and poolings in window.go
// and windowed.go, attention in attention.go and attending.go; geometry in strides.go, memory in arena.go. A kernel that steps call has a row in codes (code.go) and its call in
// runSteps (exec.go).
//
// One step for several operations is found in one of two places. As values (unary and
// binary in simplify.go, logSoftmax in softmax.go): they become one value of a rule of
// the engine's own, with a row like others; so it is where a value within is read by
// others too, or where fuse would find a smaller step first, for it goes from operands to
// results. Or as members of a loop (a case of fuse, fuse.go, and of mayTakeIn, class.go):
// so it is where it saves nothing unless both are in one loop and nothing else reads
// the one within. Such a step needs a code of its own, with a row and a call, even where
// functions.go has its kernel. How often a value is read is known from lower on, not in
// apply; and a gradient often reads the value within (that of x·sigmoid(x) the sigmoid),
// so that what is one step forward is none in training: ask Explain of both.
//
// # A new pass
//
// It is a file with a type that embeds the program of the pass before, a line of passes
// (compile.go), a method explain (explain_passes.go), a line of order_test.go and a
// case of TestPasses; what it promises belongs in check.go. The pass behind it takes its
// type. The fields of all passes are seen through one another, so that a name is there
// once. From schedule on a pass goes by units: what one computes is its values, what it
// reads from memory its reads (unit.go); which values have memory says stored, which
// outlive a run output. live.go is a short one to begin from.
//
// The plain evaluation is in reference.go; origin.go traces a number that is not finite
// back to the operation that made it, scan_origin.go within a Scan.
package engine
