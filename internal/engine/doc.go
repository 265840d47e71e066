// Package engine runs graphs: a Plan is the compiled form of one, a Reference
// evaluates node after node and is what a Plan is tested against.
//
// # The passes
//
// Compile (plan.go) turns nodes into values, values into units and units into
// instructions. Each pass reads what the passes before it left, in this order:
//
//	load      reads the nodes that the outputs need and makes values of them
//	          (value.go). Every value goes through apply, which rewrites it
//	          (simplify.go, reshape.go, expand.go, softmax.go) and evaluates what
//	          is constant. After it equal expressions are one value, and operands
//	          precede results. Later passes replace an operand only by a copy of it,
//	          make a reshape that is no view a copy, and give the sum or function
//	          that absorbs a product the operands of that product.
//	output    marks, for each output, the value whose memory is its own.
//	lower     reads which values are live and decides how each is computed
//	          (lower.go): where it is only a view of another (view.go), and what a
//	          product of matrices takes in (matrix.go). After it the order lists
//	          every value that is live, operands first, with its kind, and each
//	          operand is one that its kind can read.
//	classify  finds sets of values that one loop may compute (class.go). After it
//	          the shapes of a class have one refinement, a grid for all of them.
//	schedule  gives each value a stage and makes units of those that share a class,
//	          a stage and an operand (stage.go); cheap values are copied into the
//	          stages that read them (recompute.go). After it a unit reads from
//	          memory nothing but what an earlier stage, or an earlier part of its
//	          own, has written.
//	newLoop   is called by makePhases (plan.go) for each loop: it chooses the grid
//	          and the blocks (loop.go), inlines values into the steps that read
//	          them (merge.go), writes the steps (emit.go) and allocates registers
//	          (steps.go). After it a loop is a list of kernel calls, and its
//	          division into parts is fixed (split.go) by shapes and estimated costs
//	          alone, never by the number of workers.
//	layout    gives the values that are read from memory an offset in the arena
//	          (arena.go). After it two values overlap only where one has been read
//	          for the last time before the other is written, element by element.
//	bindAll   makes the instructions (bind.go) of loops, of products (product.go),
//	          of plain loops (direct.go) and of rules that have none (eval.go).
//
// The fields of a value stand under the pass that writes them (lower.go). Plans of
// random graphs are tested for what holds after scheduling and layout
// (invariants_test.go).
//
// # A new operation
//
// A new Rule needs nothing here: it is evaluated by its own Eval. What makes it
// faster, where it matters, is any of: a simplification (rewrite in simplify.go,
// and mayDrop if it cannot fail), a view instead of a copy (operandView in
// view.go), a step of fused loops (choose in lower.go, a code in emit.go, value in
// steps.go, runSteps in exec.go; a function of one or two numbers with a kernel
// needs but its entry in unaries or binaries, steps.go), or a plain loop (choose in
// lower.go, direct in direct.go).
//
// # Running
//
// A phase is the units of one stage and part. Run goes from phase to phase and
// shares the parts of its instructions among the workers. Loops run block by
// block (exec.go) and keep sums (fold.go); reductions of other axes (reduce.go),
// transpositions (permute.go) and look-ups by index (index.go) are plain loops;
// concat.go joins at once what is joined one after the other, and window.go has
// convolutions and poolings. Explain (explain.go) lists the instructions.
//
// The plain evaluation stands in reference.go; origin.go traces a number that is
// not finite back to the operation that made it.
package engine
