package graph

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/internal/engine"
	"github.com/latentgo/latent/internal/mark"
	"github.com/latentgo/latent/internal/op"
)

// Program computes the outputs of one build. Feed its inputs, Run it, Read its
// outputs. It is for one goroutine at a time, and an error if another finds it
// busy; several programs over the same Params may be used at once.
type Program struct {
	b         *build
	exec      executor
	outs      []*Node // what exec computes
	memory    map[*Node]op.Array
	inputs    map[string]*feed
	needed    []*feed // inputs that are used, by name
	noise     noiseFill
	assigns   []assign
	snapshots []snapshot
	carries   []*carry // those that are used
	collects  []*collect
	ready     bool // a Run has succeeded
	use       atomic.Int32
}

// What a program is used for at the moment.
const (
	idle int32 = iota
	updating
	busy
)

// acquire begins a use that excludes others, until p.use is idle again.
func (p *Program) acquire(what, name string) error {
	if !p.use.CompareAndSwap(idle, busy) {
		return errBusy(what, name)
	}
	return nil
}

func errBusy(what, name string) error {
	if name != "" {
		what += " " + name
	}
	return errors.Errorf("graph: %s: this Program is running in another goroutine", what)
}

// executor computes outputs from the memory of leaves.
type executor interface {
	Run(context.Context) error
	Value(*Node) op.Array
}

// useReference makes programs run by the reference instead of the compiled plan. Only
// tests change it.
var useReference = false

type feed struct {
	name  string
	node  *Node
	value op.Array
	set   bool
}

// snapshot is the value that a leaf had in the last Run: the leaf itself may be
// fed, trained or committed before the value is read.
type snapshot struct {
	leaf  *Node
	value op.Array
}

// Stream separates the random numbers of purposes that must not share them.
type Stream uint32

// The streams.
const (
	TrainingStream Stream = iota
	EvaluationStream
)

// Key says which random numbers a Run uses: each is a function of these
// fields, the name of the noise and its place in it.
type Key struct {
	Seed   uint64
	Stream Stream
	Step   uint32
	Row    int // number of the first row, so that a batch may be run in parts
}

func newProgram(b *build) (*Program, error) {
	room := b.params.limit()
	for n := range b.leaves {
		if room -= op.Size(n.Shape()) * b.Dtype.Size(); room < 0 {
			return nil, errors.Errorf("the inputs, parameters and noise do not fit into the %d bytes that Params.MaxBytes allows", b.params.limit())
		}
	}
	p := &Program{b: b, memory: map[*Node]op.Array{}, inputs: map[string]*feed{}}
	for n, l := range b.leaves {
		if l.kind == input {
			p.inputs[l.name] = &feed{name: l.name, node: n, value: op.NewArray(b.Dtype, n.Shape())}
		}
	}
	for _, name := range b.outs {
		p.outs = append(p.outs, b.outputs[name])
	}
	for _, n := range b.order {
		if v := b.assigns[n]; v != nil {
			p.outs = append(p.outs, n, v)
			p.assigns = append(p.assigns, assign{n, v, op.NewArray(b.Dtype, n.Shape())})
		}
	}
	computed := setOf(op.Needed(p.outs...))
	for _, n := range b.Checks {
		if !computed[n] {
			p.outs = append(p.outs, n)
		}
	}
	for _, c := range b.carries {
		if c.value == nil {
			return nil, errors.Errorf("%s is never handed on", c.leaf.Name())
		}
		p.outs = append(p.outs, c.value)
	}
	if err := b.complete(p.outs); err != nil {
		return nil, err
	}
	p.startCollects()
	for _, n := range p.outs {
		if op.RuleOf(n) == nil && !slices.ContainsFunc(p.snapshots, func(k snapshot) bool { return k.leaf == n }) {
			p.snapshots = append(p.snapshots, snapshot{n, op.NewArray(b.Dtype, n.Shape())})
		}
	}
	if useReference {
		r, err := engine.NewReference(p.outs, p.leafValue)
		p.exec = r
		return p, err
	}
	plan, err := engine.Compile(p.outs, p.leafValue, room, b.workers, b.fixed)
	if err != nil {
		return nil, err
	}
	p.exec = plan
	p.noise.pool = plan.Pool()
	return p, nil
}

// leafValue returns the memory of a leaf, the same at every call.
func (p *Program) leafValue(n *Node) (op.Array, error) {
	if a, ok := p.memory[n]; ok {
		return a, nil
	}
	a, err := p.newLeaf(n)
	if err == nil {
		p.memory[n] = a
	}
	return a, err
}

func (p *Program) newLeaf(n *Node) (op.Array, error) {
	l, ok := p.b.leaves[n]
	if !ok {
		if c, ok := op.Constant(n); ok {
			return c, nil
		}
		return op.Array{}, errors.Errorf("%s was not declared in a Scope", n)
	}
	switch l.kind {
	case input:
		f := p.inputs[l.name]
		at, _ := slices.BinarySearchFunc(p.needed, l.name, func(f *feed, name string) int { return strings.Compare(f.name, name) })
		p.needed = slices.Insert(p.needed, at, f)
		return f.value, nil
	case carried:
		c := p.b.carry(n)
		c.now, c.next = op.NewArray(p.b.Dtype, n.Shape()), op.NewArray(p.b.Dtype, n.Shape())
		p.carries = append(p.carries, c)
		return c.now, nil
	case collected:
		return p.collected(n), nil
	case noise:
		v := op.NewArray(p.b.Dtype, n.Shape())
		p.noise.add(l, v)
		return v, nil
	}
	v, ok := p.b.params.array(l.name)
	if !ok {
		return op.Array{}, errors.Errorf("parameter %s is gone", l.name)
	}
	return v, nil
}

// Run draws the noise and computes the outputs. It stops early with ctx's
// error when ctx is done; outputs are then those of no run.
func (p *Program) Run(ctx context.Context, d Key) error {
	p.notNil()
	if err := checkArgs("run", ctx); err != nil {
		return err
	}
	if err := p.acquire("run", ""); err != nil {
		return err
	}
	defer p.use.Store(idle)
	p.ready = false
	if err := p.b.params.checkUnchanged(); err != nil {
		return err
	}
	for _, f := range p.needed {
		if !f.set {
			return mark.Error(errors.Errorf("graph: run: input %s has not been fed", f.name), ErrMissingInput)
		}
	}
	p.b.params.values.RLock()
	defer p.b.params.values.RUnlock()
	p.startCarries()
	for pass := range max(p.b.passes, 1) {
		if pass > 0 {
			p.nextCarries()
		}
		p.noise.draw(d, pass)
		if err := p.exec.Run(ctx); err != nil {
			return errors.WithMessage(err, "graph: run")
		}
		p.keep(pass)
	}
	for _, k := range p.snapshots {
		k.value.Copy(p.exec.Value(k.leaf))
	}
	p.ready = true
	return nil
}

// value returns what a node of p.outs was in the last Run.
func (p *Program) value(n *Node) op.Array {
	for _, k := range p.snapshots {
		if k.leaf == n {
			return k.value
		}
	}
	return p.exec.Value(n)
}

// Explain describes the compiled program: its instructions, what was fused into
// each, the memory they share and the work of a run.
func (p *Program) Explain() string {
	p.notNil()
	if plan, ok := p.exec.(*engine.Plan); ok {
		return plan.Explain()
	}
	return "reference: node by node\n"
}

// Work returns the multiplications and additions in the matrix products of a
// Run, and the bytes that intermediate results and outputs share.
func (p *Program) Work() (flops float64, bytes int) {
	p.notNil()
	if plan, ok := p.exec.(*engine.Plan); ok {
		flops, _ = plan.FLOPs()
		bytes = plan.ArenaBytes()
	}
	return flops, bytes
}

// close is door.Close.
func (p *Program) close() {
	if plan, ok := p.exec.(*engine.Plan); ok {
		plan.Pool().Close()
	}
}

// parallel is door.Parallel.
func (p *Program) parallel(parts int, t door.Task) error {
	p.notNil()
	if parts < 0 || op.Nil(t) {
		return errors.New("graph: a nil task or fewer than 0 parts")
	}
	was := p.use.Load()
	if was == busy || !p.use.CompareAndSwap(was, busy) {
		return errBusy("parallel", "")
	}
	defer p.use.Store(was)
	if plan, ok := p.exec.(*engine.Plan); ok {
		plan.Pool().Run(parts, t)
		return nil
	}
	for i := range parts {
		t.Do(i, 0)
	}
	return nil
}
