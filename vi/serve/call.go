package serve

import (
	"math"
	"slices"
	"sync/atomic"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
)

// call is a request under way. It has copies of the values, so that whoever made
// the request may leave at any time. It is reused when neither that goroutine nor
// a worker has it any more.
type call struct {
	key   key
	lane  *lane // of the key, once it waits
	rows  int
	draws int
	seed  uint64
	in    []graph.Array // by name, empty where nothing is given
	since time.Time     // when it began to wait

	out  [][]float64
	logw []float64 // rows × draws
	done chan struct{}
	gone atomic.Bool // nobody waits for it

	// These are guarded by the Model's mu.
	handed, left int // rows given to workers; rows not computed
	owners       int
	ready        bool // there is room for the outputs
	err          error
}

// piece is rows of a call that share a run.
type piece struct {
	*call
	from, n int
}

// fill checks a request and copies it.
func (c *call) fill(v *version, op int, q Request) error {
	o := v.ops[op]
	var given uint64
	rows, from := q.Rows, "Rows"
	if rows < 0 {
		return errors.Errorf("serve: %d rows, want 1 or more, or 0 for as many as there are values", rows)
	}
	for key, x := range q.Values {
		i := slices.IndexFunc(v.names, func(n name) bool { return n.Name == key })
		if i < 0 {
			return errors.Errorf("serve: %.100q is no array and no latent of the model; it has %v", key, v.nameList())
		}
		n := &v.names[i]
		if len(x)%n.size != 0 {
			return errors.Errorf("serve: %s: %d values are no rows of %d, of shape %v", n.Name, len(x), n.size, n.Shape)
		}
		if rows == 0 {
			rows, from = len(x)/n.size, n.Name
		}
		if len(x) != rows*n.size {
			return errors.Errorf("serve: %s has %d rows, %s says %d", n.Name, len(x)/n.size, from, rows)
		}
		given |= 1 << i
	}
	for i := range v.names {
		n := &v.names[i]
		if o.whole && !n.Optional && given>>i&1 == 0 {
			return errors.Errorf("serve: %s: array %s is not given", o.name, n.Name)
		}
	}
	switch {
	case rows == 0 && len(q.Values) > 0:
		return errors.New("serve: no rows")
	case rows == 0:
		return errors.New("serve: neither Values nor Rows say how many rows")
	case rows > v.config.Rows:
		return errors.Errorf("serve: %d rows, at most %d in a request", rows, v.config.Rows)
	}
	draws := q.Draws
	switch {
	case draws < 0:
		return errors.Errorf("serve: %d draws, want 1 or more, or 0 for the usual", draws)
	case draws > 0 && o.draws == 0:
		return errors.Errorf("serve: %s takes no Draws; give as many rows", o.name)
	case draws > v.config.MaxDraws:
		return errors.Errorf("serve: %d draws, at most %d for a row", draws, v.config.MaxDraws)
	case draws == 0:
		draws = max(o.draws, 1)
	}
	if o.name == LogLikelihood && draws < 2 {
		return errors.Errorf("serve: %s by %d draw, want 2 or more for a standard error", o.name, draws)
	}
	c.rows, c.draws, c.seed = rows, draws, q.Seed
	c.in = slices.Grow(c.in[:0], len(v.names))[:len(v.names)]
	for i := range v.names {
		n := &v.names[i]
		if given>>i&1 == 0 {
			c.in[i] = resized(c.in[i], v.dtype, 0)
			continue
		}
		x := q.Values[n.Name]
		for r := range rows {
			if err := n.check(r, x[r*n.size:(r+1)*n.size], o.holes && n.site && !n.latent); err != nil {
				return err
			}
		}
		c.in[i] = resized(c.in[i], v.dtype, len(x))
		if c.in[i].F64 != nil {
			copy(c.in[i].F64, x)
		} else if at := overflows(c.in[i].F32, x); at >= 0 {
			return errors.Errorf("serve: %s, row %d, element %d: value %.6g does not fit into float32", n.Name, at/n.size, at%n.size, x[at])
		}
	}
	c.handed, c.left, c.owners, c.ready, c.err = 0, rows, 2, false, nil
	c.gone.Store(false)
	c.key = keyOf(op, given, draws)
	return nil
}

// overflows converts numbers and returns the place of the first that becomes
// infinite, −1 if none does.
func overflows(dst []float32, x []float64) int {
	for i, v := range x {
		if dst[i] = float32(v); math.Abs(v) > math.MaxFloat32 && math.IsInf(float64(dst[i]), 0) {
			return i
		}
	}
	return -1
}

// resized returns an array of n elements, in the memory of another where that
// is of the dtype and large enough.
func resized(a graph.Array, dt graph.Dtype, n int) graph.Array {
	switch {
	case dt == graph.Float64 && cap(a.F64) >= n && a.F64 != nil:
		return graph.Array{F64: a.F64[:n]}
	case dt != graph.Float64 && cap(a.F32) >= n && a.F32 != nil:
		return graph.Array{F32: a.F32[:n]}
	case dt == graph.Float64:
		return graph.Array{F64: make([]float64, n)}
	}
	return graph.Array{F32: make([]float32, n)}
}

// prepare makes room for the outputs. The Model's mu is held.
func (c *call) prepare(outs []Output) {
	if c.ready {
		return
	}
	c.ready = true
	c.out = slices.Grow(c.out[:0], len(outs))[:len(outs)]
	for i, o := range outs {
		n := c.rows * sizeOf(o.Shape, c.draws)
		c.out[i] = slices.Grow(c.out[i][:0], n)[:n]
	}
	if o := c.lane.op; o.name == LogLikelihood || o.holes {
		n := c.rows * c.draws
		c.logw = slices.Grow(c.logw[:0], n)[:n]
	}
}

// reply copies the outputs. A number that is not finite is an error, but for a
// Pareto shape, which may be infinite.
func (c *call) reply(r *Reply) error {
	r.Version = c.lane.id
	outs := c.lane.outputs
	r.Outputs = slices.Grow(r.Outputs[:0], len(outs))[:len(outs)]
	for i, o := range outs {
		to := &r.Outputs[i]
		to.Name = o.Name
		to.Shape = append(to.Shape[:0], c.rows)
		for _, d := range o.Shape {
			if d < 0 {
				d = c.draws
			}
			to.Shape = append(to.Shape, d)
		}
		to.Values = append(to.Values[:0], c.out[i]...)
		size := sizeOf(o.Shape, c.draws)
		for k, v := range to.Values {
			if v-v != 0 && o.Name != "khat" {
				return c.notFinite(o.Name, k/size, k%size, v)
			}
		}
	}
	return nil
}

// notFinite says why an output is not finite: by the first value of its row that
// the law of its site cannot take, where there is one.
func (c *call) notFinite(output string, row, element int, v float64) error {
	err := errors.Errorf("serve: %s: output %s, row %d, element %d is %v: the row's values are too large, or impossible under the model", c.lane.op.name, output, row, element, v)
	for i := range c.lane.names {
		n := &c.lane.names[i]
		if c.lane.given>>i&1 == 0 || !n.says {
			continue
		}
		x := make([]float64, n.size)
		for e := range x {
			if c.in[i].F64 != nil {
				x[e] = c.in[i].F64[row*n.size+e]
			} else {
				x[e] = float64(c.in[i].F32[row*n.size+e])
			}
		}
		last := n.Shape[len(n.Shape)-1]
		for e := 0; e < n.size; e += last {
			if at := n.support.Offending(x[e : e+last]); at >= 0 && !(c.lane.op.holes && math.IsNaN(x[e+at])) {
				return errors.Errorf("serve: %s, row %d, element %d: value %.6g is outside of the support of its law, %v", n.Name, row, e+at, x[e+at], n.support)
			}
		}
	}
	return err
}

func (v *version) nameList() []string {
	var all []string
	for _, n := range v.names {
		all = append(all, n.Name)
	}
	return all
}
