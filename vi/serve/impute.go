package serve

import (
	"math"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
)

// guess is a running weighted mean and second moment of what is missing of one
// array, by row of a run. Weights are relative to the largest so far.
type guess struct {
	name       int // of version.names
	field, out int // of the program's fields; of the outputs, the mean
	mean, sum  []float64
	total, top []float64 // by row
}

// impute fills in what is missing of pieces step by step.
func (w *worker) impute(p *program, ps []piece) error {
	w.guesses(p)
	for _, c := range ps {
		c.begin(p, w.guess)
	}
	rows := 0
	for _, c := range ps {
		rows += c.n
	}
	for step := range p.lane.op.most {
		for i := range p.lane.names {
			if p.lane.given>>i&1 == 0 {
				continue
			}
			if err := p.feedImputed(i, ps, w.guess); err != nil {
				return err
			}
		}
		for i := range w.guess {
			w.guess[i].restart(rows)
		}
		for pass := range p.lane.passes {
			if err := w.pass(p, ps, pass, step); err != nil {
				return err
			}
			at := 0
			for _, c := range ps {
				s := p.span(c, at, pass)
				var err error
				if p.lane.dtype == graph.Float64 {
					err = weighted[float64](p, c.call, s, w.guess)
				} else {
					err = weighted[float32](p, c.call, s, w.guess)
				}
				if err != nil {
					return err
				}
				at += c.n
			}
		}
		at := 0
		for _, c := range ps {
			for i := range w.guess {
				w.guess[i].settle(p, c, at)
			}
			at += c.n
		}
	}
	for _, c := range ps {
		c.weigh(p.span(c, 0, p.lane.passes-1), c.out)
	}
	return nil
}

// guesses makes room for the arrays of a program.
func (w *worker) guesses(p *program) {
	w.guess = w.guess[:0]
	out := len(weightOutputs)
	for i := range p.fields {
		f := &p.fields[i]
		if f.kind != moment {
			continue
		}
		n := len(w.guess)
		if n < cap(w.guess) {
			w.guess = w.guess[:n+1]
		} else {
			w.guess = append(w.guess, guess{})
		}
		g := &w.guess[n]
		g.field, g.out = i, out
		for k := range p.lane.names {
			if p.lane.names[k].Name == f.name {
				g.name = k
			}
		}
		out += 2
	}
}

func (g *guess) restart(rows int) {
	g.total, g.top = grown(g.total, rows), grown(g.top, rows)
	for i := range rows {
		g.total[i], g.top[i] = 0, math.Inf(-1)
	}
}

func grown(x []float64, n int) []float64 {
	if cap(x) < n {
		return make([]float64, n)
	}
	return x[:n]
}

// begin puts the values that are there, and a first number for the others, into
// the outputs.
func (p piece) begin(of *program, gs []guess) {
	for _, g := range gs {
		n := &of.lane.names[g.name]
		in, out := p.in[g.name], p.out[g.out]
		for i := p.from * n.size; i < (p.from+p.n)*n.size; i++ {
			if in.F64 != nil {
				out[i] = in.F64[i]
			} else {
				out[i] = float64(in.F32[i])
			}
			if math.IsNaN(out[i]) {
				out[i] = n.first()
			}
		}
	}
}

// feedImputed feeds an array filled in as far as known, and which entries are
// there.
func (p *program) feedImputed(i int, ps []piece, gs []guess) error {
	at := -1
	for k, g := range gs {
		if g.name == i {
			at = k
		}
	}
	if at < 0 {
		return p.feedName(i, ps)
	}
	n := &p.lane.names[i]
	if p.lane.dtype == graph.Float64 {
		return feedFilled(p, n, gs[at], ps, p.stage.F64, p.masks.F64, f64)
	}
	return feedFilled(p, n, gs[at], ps, p.stage.F32, p.masks.F32, f32)
}

func feedFilled[T graph.Float](p *program, n *name, g guess, ps []piece, x, mask []T, of func(graph.Array) []T) error {
	x, mask = x[:p.rows*n.size], mask[:p.rows*n.size]
	to := 0
	for _, c := range ps {
		for k := c.from * n.size; k < (c.from+c.n)*n.size; k++ {
			x[to], mask[to] = T(c.out[g.out][k]), 1
			if v := of(c.in[g.name])[k]; v != v {
				mask[to] = 0
			}
			to++
		}
	}
	for ; to < len(x); to++ {
		x[to], mask[to] = x[to-n.size], mask[to-n.size]
	}
	if err := graph.Feed(p.Program, n.Name, x); err != nil {
		return err
	}
	return graph.Feed(p.Program, n.mask, mask)
}

// weighted adds the draws of a pass by their weights. mean and sum are by row of
// the run: the weighted mean of the conditional means, and the sum of weights
// times squares around it and variances.
func weighted[T graph.Float](p *program, c *call, s span, gs []guess) error {
	logw, err := graph.View[T](p.Program, p.values[0])
	if err != nil {
		return err
	}
	collectWeights(&p.fields[0], logw, s, c.logw)
	for gi := range gs {
		g := &gs[gi]
		f := &p.fields[g.field]
		x, err := graph.View[T](p.Program, p.values[g.field])
		if err != nil {
			return err
		}
		variance, err := graph.View[T](p.Program, p.spreads[g.field])
		if err != nil {
			return err
		}
		g.mean, g.sum = kept(g.mean, p.rows*f.size), kept(g.sum, p.rows*f.size)
		for i := range s.n {
			row := s.at + i
			mean, sum := g.mean[row*f.size:][:f.size], g.sum[row*f.size:][:f.size]
			for k := range s.draws {
				l := c.logw[(s.from+i)*s.all+s.first+k]
				if math.IsNaN(l) || math.IsInf(l, 1) {
					return errors.Errorf("serve: impute: the weight of draw %d of row %d is %v", s.first+k, s.from+i, l)
				}
				if math.IsInf(l, -1) {
					continue
				}
				if l > g.top[row] {
					fade := math.Exp(g.top[row] - l)
					g.total[row] *= fade
					for e := range sum {
						sum[e] *= fade
					}
					g.top[row] = l
				}
				u := math.Exp(l - g.top[row])
				from := row
				if f.varies {
					from += k * s.rows
				}
				fresh := g.total[row] == 0
				g.total[row] += u
				for e := range mean {
					v, at := float64(x[from*f.size+e]), from*f.size+e
					if fresh {
						mean[e], sum[e] = v, u*float64(variance[at])
						continue
					}
					d := v - mean[e]
					mean[e] += d * u / g.total[row]
					sum[e] += u * (d*(v-mean[e]) + float64(variance[at]))
				}
			}
		}
	}
	return nil
}

func kept(x []float64, n int) []float64 {
	if len(x) < n {
		return append(x, make([]float64, n-len(x))...)
	}
	return x
}

// settle writes what is missing of a piece.
func (g *guess) settle(p *program, c piece, at int) {
	n := &p.lane.names[g.name]
	in := c.in[g.name]
	for i := range c.n {
		row := at + i
		for e := range n.size {
			k := (c.from+i)*n.size + e
			missing := in.F64 != nil && math.IsNaN(in.F64[k]) || in.F64 == nil && in.F32[k] != in.F32[k]
			switch {
			case !missing:
				c.out[g.out+1][k] = 0
			case g.total[row] == 0:
				c.out[g.out][k], c.out[g.out+1][k] = math.NaN(), math.NaN()
			default:
				c.out[g.out][k] = g.mean[row*n.size+e]
				c.out[g.out+1][k] = math.Sqrt(g.sum[row*n.size+e] / g.total[row])
			}
		}
	}
}
