package serve

import "github.com/latentgo/latent/graph"

// feed gives a program the values of pieces, the last row again for what it has
// room for beyond them: numbers that the model can take.
func (p *program) feed(ps []piece) error {
	for i := range p.lane.names {
		if p.lane.given>>i&1 == 0 {
			continue
		}
		if err := p.feedName(i, ps); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) feedName(i int, ps []piece) error {
	n := &p.lane.names[i]
	if ps[0].in[i].F64 != nil {
		return graph.Feed(p.Program, n.Name, gather(p.stage.F64[:p.rows*n.size], n.size, i, ps, f64))
	}
	return graph.Feed(p.Program, n.Name, gather(p.stage.F32[:p.rows*n.size], n.size, i, ps, f32))
}

func f64(a graph.Array) []float64 { return a.F64 }
func f32(a graph.Array) []float32 { return a.F32 }

// gather writes the rows of pieces one after the other.
func gather[T graph.Float](dst []T, size, name int, ps []piece, of func(graph.Array) []T) []T {
	to := dst
	for _, c := range ps {
		to = to[copy(to, of(c.in[name])[c.from*size:(c.from+c.n)*size]):]
	}
	last := dst[len(dst)-len(to)-size : len(dst)-len(to)]
	for len(to) > 0 {
		to = to[copy(to, last):]
	}
	return dst
}

// span says where a piece lies in a pass.
func (p *program) span(c piece, at, pass int) span {
	first := pass * p.lane.draws
	return span{rows: p.rows, at: at, from: c.from, n: c.n, first: first, draws: min(p.lane.draws, c.draws-first), all: c.draws}
}

// collect adds what a pass computed to the outputs of a request.
func (p *program) collect(c *call, s span) error {
	out := 0
	for i := range p.fields {
		f := &p.fields[i]
		var err error
		if p.lane.dtype == graph.Float64 {
			err = collectField[float64](p, f, i, c, s, out)
		} else {
			err = collectField[float32](p, f, i, c, s, out)
		}
		if err != nil {
			return err
		}
		out += f.results()
	}
	return nil
}

// results is how many outputs a field gives.
func (f *field) results() int {
	switch f.kind {
	case moment:
		return 2
	case logWeights:
		return len(weightOutputs)
	}
	return 1
}

func collectField[T graph.Float](p *program, f *field, i int, c *call, s span, out int) error {
	x, err := graph.View[T](p.Program, p.values[i])
	if err != nil {
		return err
	}
	switch f.kind {
	case moment:
		var v []T
		if f.spread {
			if v, err = graph.View[T](p.Program, p.spreads[i]); err != nil {
				return err
			}
		}
		collect(f, x, v, s, c.out[out], c.out[out+1])
	case logWeights:
		collectWeights(f, x, s, c.logw)
		if s.first+s.draws == s.all {
			c.weigh(s, c.out[out:])
		}
	default:
		collect(f, x, nil, s, c.out[out], nil)
	}
	return nil
}

// collectWeights writes log weights by row.
func collectWeights[T graph.Float](f *field, x []T, s span, logw []float64) {
	for i := range s.n {
		to := logw[(s.from+i)*s.all+s.first:][:s.draws]
		for k := range to {
			at := s.at + i
			if f.varies {
				at += k * s.rows
			}
			to[k] = float64(x[at])
		}
	}
}
