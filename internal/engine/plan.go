package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// A Plan computes outputs of a graph. It is made for one graph and its shapes,
// and run any number of times. It is not for use by several goroutines at
// once; several plans are.
//
// What is computed, and with what rounding, depends on the graph alone: results
// are bit-identical whatever the number of processors.
type Plan struct {
	phases []phase
	values map[*op.Node]op.Array
	pool   *kernel.Pool
	units  []*unit
	dt     op.Dtype
	arena  int // elements
	nodes  int // of the graph that outs need
}

// A phase is a set of instructions that do not depend on each other. Its parts
// run on all workers; before and after run on the caller.
type phase struct {
	units  []*unit
	code   []runner
	ends   []int // parts of the instructions up to each
	serial bool  // the caller runs every part: none is worth waking another worker
}

// shareCost is the nanoseconds of a phase above which workers share it.
const shareCost = 6000

// cost returns the estimated nanoseconds of a phase on one worker.
func (p *phase) cost() (ns float64) {
	for _, u := range p.units {
		ns += u.cost()
	}
	return ns
}

// cost returns the estimated nanoseconds of a unit on one worker.
func (u *unit) cost() float64 {
	switch v := u.values[0]; {
	case u.loop != nil:
		return u.loop.cost + 100
	case v.mul != nil:
		ns := v.mul.cost() + 300
		if f := v.mul.activation; f != nil {
			ns += elementCost(*f) * float64(v.size)
		}
		return ns
	case v.kind == direct:
		if ns := windowCost(v); ns > 0 {
			return ns
		}
		return float64(v.size) + 50
	default:
		return 30*float64(v.size) + 500
	}
}

// grain returns about how long a part of a unit takes. A product has parts of
// its own choice.
func (u *unit) grain() float64 {
	if u.loop != nil {
		return u.cost() / float64(u.loop.split.parts)
	}
	return u.cost()
}

// Do runs one part of one instruction.
func (p *phase) Do(part, worker int) {
	i, first := 0, 0
	for part >= p.ends[i] {
		first = p.ends[i]
		i++
	}
	p.code[i].Do(part-first, worker)
}

// Compile plans the computation of outs and of nothing else. leaf gives the
// memory of each input, parameter, constant and noise node that they need. What
// the plan keeps itself must fit into maxBytes. Its runs have at most most
// workers, the caller included; 0 means one for every processor.
func Compile(outs []*op.Node, leaf func(*op.Node) (op.Array, error), maxBytes, most int) (*Plan, error) {
	dt := op.Float32
	if len(outs) > 0 {
		dt = outs[0].Dtype()
	}
	e := newExpr(dt)
	of, err := e.load(outs, leaf)
	if err != nil {
		return nil, err
	}
	p := &Plan{values: map[*op.Node]op.Array{}, dt: dt, nodes: len(of)}
	want := make([]*value, len(outs)) // a value whose memory is the output's
	for i, n := range outs {
		want[i] = e.output(n, of[n])
	}
	order := e.lower(want)
	classify(order)
	p.units = schedule(order)
	p.makePhases()
	if need := float64(p.arena) * float64(dt.Size()); need < 0 || need > float64(maxBytes) {
		return nil, errors.Errorf("intermediate results and outputs take %.0f bytes, Params.MaxBytes leaves %d%s", need, maxBytes, p.largest())
	}
	if dt == op.Float64 {
		bindAll[float64](p, outs, of, want, most)
	} else {
		bindAll[float32](p, outs, of, want, most)
	}
	return p, nil
}

// output returns the value whose memory holds an output. It has memory of its
// own unless it is a leaf or constant itself.
func (e *expr) output(n *op.Node, v *value) *value {
	if v.form == leaf && op.RuleOf(n) == nil || v.form == constant || v.form == uniform {
		return v
	}
	if a := v.alias(); a != nil && a.form == applied {
		a.isOutput = true
		return a
	}
	c := e.copyOf(v)
	c.isOutput = true
	return c
}

// makePhases makes the loops, the phases and the arena.
func (p *Plan) makePhases() {
	var phases [][]*unit
	for i, u := range p.units {
		if i == 0 || u.stage != p.units[i-1].stage || u.part != p.units[i-1].part {
			phases = append(phases, nil)
		}
		k := len(phases) - 1
		phases[k] = append(phases[k], u)
		for _, v := range u.values {
			v.stored = v.read || v.isOutput || v.folds()
		}
		if u.values[0].kind == fusedLoop {
			u.loop = newLoop(u)
			u.loop.split = splitLoop(u.loop)
			u.tempSize = u.loop.tempSize()
		}
	}
	p.arena = layout(phases)
	for _, units := range phases {
		slices.SortStableFunc(units, func(a, b *unit) int { return cmp.Compare(b.grain(), a.grain()) }) // long parts first
		p.phases = append(p.phases, phase{units: units})
	}
}

// largest says which value takes the most memory.
func (p *Plan) largest() string {
	var most *value
	for _, u := range p.units {
		for _, v := range u.values {
			if v.node != nil && v.inArena() && (most == nil || v.size > most.size) {
				most = v
			}
		}
	}
	if most == nil {
		return ""
	}
	return fmt.Sprintf("; the largest is %s of shape %v", most.node, []int(most.shape))
}

// workers is the number of workers of a plan with work to share; 0 is one for
// every processor.
var workers = 0

func bindAll[T kernel.Float](p *Plan, outs []*op.Node, of map[*op.Node]*value, want []*value, most int) {
	n := 1
	for i := range p.phases {
		if p.phases[i].cost() > shareCost {
			n = cmp.Or(most, workers)
		}
	}
	p.pool = kernel.NewPool(n)
	b := &binder[T]{planState: &planState[T]{pool: p.pool}, dt: p.dt, arena: newArena[T](p.arena), static: map[*value]op.Array{}}
	slots, scals, regs, acc := 0, 0, 0, 0
	for _, u := range p.units {
		if l := u.loop; l != nil {
			slots, scals, acc = max(slots, l.slots), max(scals, l.scals), max(acc, len(l.folds))
			regs = max(regs, (l.regs+1)*l.span())
		}
	}
	for range p.pool.Workers() {
		b.scratch = append(b.scratch, scratch[T]{slots: make([][]T, slots), scals: make([]T, scals), regs: newArena[T](regs),
			acc: make([]float64, acc), coord: make([]int, maxAxes), arg: make([]op.Array, 1)})
	}
	for i := range p.phases {
		ph := &p.phases[i]
		n := 0
		for _, u := range ph.units {
			c := b.bind(u)
			n += c.count()
			ph.code, ph.ends = append(ph.code, c), append(ph.ends, n)
		}
		ph.serial = n == 1 || ph.cost() <= shareCost
	}
	for n, v := range of {
		if op.RuleOf(n) == nil && v.form == leaf {
			p.values[n] = v.data
		}
	}
	for i, n := range outs {
		if _, ok := p.values[n]; !ok {
			p.values[n] = b.array(&value{shape: of[n].shape}, want[i])
		}
	}
}

// Run computes the outputs. It stops between instructions when ctx is done.
func (p *Plan) Run(ctx context.Context) error {
	for i := range p.phases {
		if err := ctx.Err(); err != nil {
			return err
		}
		ph := &p.phases[i]
		for _, c := range ph.code {
			c.before()
		}
		if ph.serial {
			for _, c := range ph.code {
				for k := range c.count() {
					c.Do(k, 0)
				}
			}
		} else {
			p.pool.Run(ph.ends[len(ph.ends)-1], ph)
		}
		for k, c := range ph.code {
			if err := c.after(); err != nil {
				return errors.WithMessage(err, ph.units[k].values[0].node.String())
			}
		}
	}
	return nil
}

// Value returns the memory of an output or leaf. It stays the same; its
// contents are valid until the next Run.
func (p *Plan) Value(n *op.Node) op.Array { return p.values[n] }

// Pool returns the workers, for work between runs.
func (p *Plan) Pool() *kernel.Pool { return p.pool }
