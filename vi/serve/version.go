package serve

import (
	"slices"
	"strconv"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/vi"
)

// version is one set of parameters with the programs that read it.
type version struct {
	id     string
	spec   Spec
	frozen *graph.Frozen
	dtype  graph.Dtype
	config Config
	names  []name
	ops    []*operation

	// These are guarded by the Model's mu.
	lanes   map[key]*lane
	calls   int // not done with
	retired bool
}

// newVersion inspects a model and builds a program of every operation.
func newVersion(spec Spec, params *graph.Params, id string, c Config) (*version, error) {
	if params == nil {
		return nil, errors.New("serve: the parameters are nil")
	}
	v := &version{id: id, spec: spec, config: c, lanes: map[key]*lane{}}
	var err error
	if v.names, err = spec.names(params); err != nil {
		return nil, err
	}
	v.dtype = params.Dtype
	if v.frozen, err = graph.Freeze(params, graph.Freezing{Half: c.Half}); err != nil {
		return nil, errors.WithMessage(err, "serve")
	}
	if v.ops, err = v.operations(c); err != nil {
		return nil, err
	}
	for i, o := range v.ops {
		for _, given := range v.usual(o) {
			l := v.lane(i, given, max(o.draws, 1))
			p, err := l.build(2)
			if err != nil {
				if o.err == nil {
					o.err = err
				}
				continue
			}
			l.learn(p)
			if p.rows <= l.most {
				l.keep(p)
			} else {
				door.Close(p.Program)
			}
			v.lanes[l.key] = l
			o.given, o.outputs, o.err = given, l.outputs, nil
			break
		}
	}
	return v, door.Declared(v.frozen, params)
}

// usual lists what an operation is most likely given, as far as the model takes
// it: which of its arrays the joint reads is found by trying.
func (v *version) usual(o *operation) []uint64 {
	var arrays, latents, conditions uint64
	for i, n := range v.names {
		bit := uint64(1) << i
		switch {
		case n.latent:
			latents |= bit
		case n.Optional:
		case n.site:
			arrays |= bit
		default:
			arrays |= bit
			conditions |= bit
		}
	}
	switch {
	case o.name == Decode:
		return []uint64{latents | conditions, latents, v.nonData()}
	case o.name == Sample:
		return []uint64{conditions, 0}
	case o.whole:
		return []uint64{arrays}
	}
	return []uint64{arrays, latents | conditions, latents, arrays | latents, 0}
}

// nonData is everything but arrays that have to be given.
func (v *version) nonData() (given uint64) {
	for i, n := range v.names {
		if n.latent || n.Optional {
			given |= 1 << i
		}
	}
	return given
}

func (v *version) nameOf(site string) *name {
	for i := range v.names {
		if v.names[i].Name == site {
			return &v.names[i]
		}
	}
	return nil
}

func (v *version) shapeOf(site string) []int {
	n := v.nameOf(site)
	if n == nil {
		graph.Fail("%s is no site of a run with the arrays that have to be given", site)
	}
	return n.Shape
}

// key says which requests may share a run.
type key struct {
	op     int
	given  uint64
	draws  int // at once
	passes int
}

const (
	drawsAtOnce = 64   // of a pass
	valuesMost  = 1024 // rows times draws of a pass
)

// keyOf is that of a request.
func keyOf(op int, given uint64, draws int) key {
	k := key{op: op, given: given, draws: 1, passes: 1}
	for k.draws < min(draws, drawsAtOnce) {
		k.draws *= 2
	}
	k.passes = (draws + k.draws - 1) / k.draws
	return k
}

// lane is the queue and the programs of requests that may share a run.
type lane struct {
	*version
	key
	op   *operation
	most int // rows of a run

	outputs []Output
	free    [][]*program // by bucket
	err     error        // why no program can be built
	shared  bool         // rows share noise: each request runs by itself

	pending []*call
	waiting int // rows of them
	runs    int // under way
	used    uint64
}

func (v *version) lane(op int, given uint64, draws int) *lane {
	l := &lane{version: v, key: keyOf(op, given, draws), op: v.ops[op]}
	l.most = max(min(v.config.Batch, valuesMost/l.draws), 1, l.op.least)
	l.free = make([][]*program, bucket(l.most)+1)
	return l
}

// bucket is the number of the sizes 1, 2, 4 … that some rows fit into.
func bucket(rows int) (b int) {
	for 1<<b < rows {
		b++
	}
	return b
}

// size is the rows of a program that some rows fit into.
func (l *lane) size(rows int) int { return min(1<<bucket(max(rows, l.op.least)), l.most) }

// learn notes what the first program shows of all.
func (l *lane) learn(p *program) {
	if l.outputs == nil {
		l.outputs, l.shared = p.outputs, p.shared
	}
}

// keep puts a program back.
func (l *lane) keep(p *program) {
	b := bucket(p.rows)
	l.free[b] = append(l.free[b], p)
}

// program is a graph.Program for a number of rows, with what feeds and reads it.
type program struct {
	*graph.Program
	lane    *lane
	rows    int
	fields  []field
	values  []string // the program's outputs of the fields, and of their variances
	spreads []string
	outputs []Output
	shared  bool
	keys    []door.RowKey
	stage   graph.Array // rows on their way in
	masks   graph.Array
	bytes   int // about
	used    uint64
}

// build builds a program for some rows.
func (l *lane) build(rows int) (*program, error) {
	p := &program{lane: l, rows: rows, keys: make([]door.RowKey, rows)}
	var err error
	p.Program, err = l.frozen.Build(func(s *graph.Scope) {
		door.Workers(s, l.config.Workers)
		a := &asked{version: l.version, scope: s, data: vi.Data{}, rows: rows, draws: l.draws}
		for i, n := range l.names {
			if l.given>>i&1 != 0 {
				a.data[n.Name] = s.Input(n.Name, append([]int{rows}, n.Shape...)...)
			}
		}
		a.model = l.spec.Model(s)
		p.fields = l.op.build(a)
		for i := range p.fields {
			f := &p.fields[i]
			p.values = append(p.values, "value/"+strconv.Itoa(i))
			p.spreads = append(p.spreads, "variance/"+strconv.Itoa(i))
			s.Output(p.values[i], f.node)
			if f.spread {
				s.Output(p.spreads[i], f.variance)
			}
			f.node, f.variance = nil, nil
		}
	})
	if err != nil {
		return nil, errors.WithMessage(err, l.op.name)
	}
	p.outputs = outputs(p.fields)
	p.shared = len(door.SharedNoise(p.Program)) > 0
	if err := door.Rows(p.Program, p.keys); err != nil {
		return nil, errors.WithMessagef(err, "%s: noise that rows share", l.op.name)
	}
	size := 0
	for _, n := range l.names {
		size = max(size, rows*n.size)
	}
	_, p.bytes = p.Work()
	for _, name := range p.Inputs() {
		p.bytes += graph.Size(p.Shape(name)) * l.dtype.Size()
	}
	p.bytes += 2*size*l.dtype.Size() + graphBytes + l.config.Workers*workerBytes
	p.stage, p.masks = newArray(l.dtype, size), graph.Array{}
	if l.op.holes {
		p.masks = newArray(l.dtype, size)
	}
	return p, nil
}

// What a program takes besides its numbers, about: the graph and the plan of a small
// model, and what each worker has.
const (
	graphBytes  = 96 << 10
	workerBytes = 64 << 10
)

func newArray(dt graph.Dtype, n int) graph.Array { return op.NewArray(dt, []int{n}) }

// same tells whether two versions answer the same requests with outputs of the
// same shapes; if not, it says what differs.
func (v *version) same(w *version) error {
	for _, n := range v.names {
		switch o := w.nameOf(n.Name); {
		case o == nil:
			return errors.Errorf("%s is none of its arrays and latents", n.Name)
		case !slices.Equal(o.Shape, n.Shape):
			return errors.Errorf("rows of %s have shape %v, not %v", n.Name, o.Shape, n.Shape)
		}
	}
	for _, o := range v.ops {
		i := w.find(o.name)
		switch {
		case o.err != nil:
		case i < 0:
			return errors.Errorf("it has no operation %s", o.name)
		case w.ops[i].err != nil:
			return errors.Errorf("it has no operation %s: %v", o.name, w.ops[i].err)
		}
	}
	return nil
}
