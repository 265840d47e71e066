// Package door has what package graph does for the packages of this module and
// keeps from its users: they would have to keep rules that nothing checks. Package
// graph sets the functions when it is initialised; a program is a *graph.Program,
// a scope a *graph.Scope.
package door

import (
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/internal/safetensors"
)

// Task is work in numbered parts, which must not depend on the worker.
type Task interface{ Do(part, worker int) }

// Of programs.
var (
	// Parallel runs the parts of a task on the program's workers, between its
	// runs or within an Update, and returns when all are done.
	Parallel func(program any, parts int, t Task) error
	// Notes returns what the build noted, in order.
	Notes func(program any) []any
	// SharedNoise returns the names of the noise that all rows of a run share,
	// such as that of weights drawn once: what a mean over rows does not average
	// out.
	SharedNoise func(program any) []string
	// Rows gives each row of the runs that follow noise of its own: row i draws
	// the numbers that row keys[i].Row of a run with the seed keys[i].Seed draws,
	// with the samples that come keys[i].Sample later, in the place of the Key's
	// Seed and Row. So rows of several requests share a run and draw what each
	// draws by itself. It keeps the slice, whose keys may be changed between runs;
	// nil gives back the Key. A noise that does not have as many rows as there are
	// keys is an error, unless it has none: that is drawn by the seed of the
	// first key.
	Rows func(program any, keys []RowKey) error
	// Close ends the workers of a program, which then runs on its caller alone.
	Close func(program any)
)

// WriteParams calls f, which writes to the Memory of parameters, a *graph.Params,
// while nobody reads them, and returns its error. f must not read them by other
// means, run programs of them or save them.
var WriteParams func(params any, f func() error) error

// ReadParams calls f with what a file of params, a *graph.Params, holds, in their own
// memory, while nobody writes to them, and returns its error.
var ReadParams func(params any, f func(safetensors.File) error) error

// Declared adds to params, a *graph.Params, the parameters that programs of frozen, a
// *graph.Frozen of them, have declared.
var Declared func(frozen, params any) error

// RowKey says which random numbers one row draws.
type RowKey struct {
	Seed        uint64
	Row, Sample int
}

// Of scopes.
var (
	// Workers bounds the workers that a run of the program has, its caller
	// included. Results do not depend on it.
	Workers func(scope any, most int)

	// Note keeps a value with the program, for packages that explain a run
	// afterwards.
	Note func(scope, v any)

	// Run calls f, the code of a model, as one run of it in a scope. A network
	// that several runs share, whatever scope its layers were declared in, then
	// is the same network in each:
	//
	//   - Noise and outputs are the run's own: declared from outside of the
	//     run's scope, they are named below it, so that two runs draw different
	//     numbers.
	//   - A Param, State or Input of a name that another run declared is that
	//     one.
	//   - A State that several runs assign gets the mean of what they assign.
	//
	// Within one run a name is declared once.
	Run func(scope any, f func())
	// Replay calls f as the run that was there before, once more, as estimators
	// do that compare other values of a latent. A declaration of a name that
	// exists gives the node that exists: the same noise, the same parameters. Of
	// assignments to a State and of outputs the first stays. What does not exist
	// is declared as ever; what exists with another law or shape aborts the
	// build. A Run within f is a replay too, of the run of its own scope.
	Replay func(scope any, f func())

	// Probe calls f as a run of a model that is only looked at: nothing that it
	// assigns to a State or makes an output counts.
	Probe func(scope any, f func())
	// Stored tells whether the Params had a parameter or state of that name in the
	// scope before the build; "" asks for any in the scope and below.
	Stored func(scope any, name string) bool
	// Evaluate returns the values of nodes under some draws of their noise, while
	// they are being built: by draw and by node. What is computed from an input is
	// an error.
	Evaluate func(scope any, draws int, nodes ...*op.Node) ([][][]float64, error)

	// Alternatives returns the same scope, a *graph.Scope, for values whose first n
	// axes are alternatives, such as the values of sites that are gone through: of a
	// noise declared in it, or by whatever layer in a Run of it, they count the
	// samples fastest, so that a draw has the same numbers however many draws there
	// are.
	Alternatives func(scope any, n int) any

	// Passes returns the same scope, a *graph.Scope, for what a run of the
	// program does in n passes over the same graph, so that its memory holds one
	// part of the samples at a time: a noise declared in it, or by whatever layer
	// in a Run of it, that has more than one sample goes on, in pass i, with
	// samples i·k up to (i+1)·k of the k that it has, alternatives aside. A Carry
	// hands what was found from pass to pass; all other values are those of the
	// last one. A program has one number of passes: all scopes that ask for some
	// must agree.
	Passes func(scope any, n int) any
	// Repeats is Passes for what is drawn anew in each of the n passes, whatever
	// it has of samples: a noise of k samples goes on by k, one that all rows
	// share by 1.
	Repeats func(scope any, n int) any
	// Collect declares the values that a node has in the passes of a run, one
	// after the other, [passes, …]. They are for an output: nothing can be
	// computed from them in the graph.
	Collect func(scope any, name string, value *op.Node) *op.Node
	// Carry declares a value that is init everywhere in the first pass of a run
	// of the program, and then what HandOn gives it at the end of each.
	Carry func(scope any, name string, init float64, shape ...int) *op.Node
	// HandOn makes a value, of the same shape, that of a Carry in the next pass.
	HandOn func(scope any, to, value *op.Node)
)
