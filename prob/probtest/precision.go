package probtest

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

// roundings is how many roundings of float32, of a result and of the inputs,
// may lie between results in float32 and in float64.
const roundings = 256

// sensitivity is by how much outputs in float64 change with their inputs,
// relative to the size of the change: Σ|θ·∂f/∂θ|, by differences that are large
// enough to show where f is curved.
type sensitivity struct {
	at   [][]float64 // outputs
	less [][]float64
}

// measure evaluates a program at params and x and at inputs moved one by one.
func (s *subject) measure(p *program, params, x []float64) (sensitivity, error) {
	const step = 0x1p-16
	at, err := p.eval(x, params)
	if err != nil {
		return sensitivity{}, err
	}
	m := sensitivity{at: cloned(at)}
	for _, v := range m.at {
		m.less = append(m.less, make([]float64, len(v)))
	}
	add := func(out [][]float64) {
		for k, v := range out {
			for j, y := range v {
				if d := math.Abs(y-m.at[k][j]) / step; d > 0 && finite(d) {
					m.less[k][j] += d
				}
			}
		}
	}
	for i, v := range params {
		if v == 0 || !finite(v) {
			continue
		}
		moved := slices.Clone(params)
		moved[i] = v * (1 + step)
		out, err := p.eval(nil, moved)
		if err != nil {
			return m, err
		}
		add(out)
	}
	if x == nil || s.discrete(params) {
		return m, nil
	}
	for i := range s.event {
		moved := slices.Clone(x)
		for j := i; j < len(x); j += s.event {
			moved[j] = x[j] * (1 - step)
		}
		out, err := p.eval(moved, params)
		if err != nil {
			return m, err
		}
		add(out)
	}
	return m, nil
}

func cloned(v [][]float64) [][]float64 {
	w := make([][]float64, len(v))
	for i := range v {
		w[i] = slices.Clone(v[i])
	}
	return w
}

// off tells whether a number in float32 is none that the arithmetic of float32
// could give, with sizes beside the value that errors are relative to.
func (m sensitivity) off(got float64, k, j int, beside float64) bool {
	want := m.at[k][j]
	slack := roundings*0x1p-23*(math.Abs(want)+m.less[k][j]+beside) + 0x1p-124
	switch {
	case got == want || math.IsNaN(want) || math.IsInf(m.less[k][j], 0):
		return false
	case math.Abs(want)+slack > huge:
		return math.IsNaN(got)
	}
	return !(math.Abs(got-want) <= slack)
}

func checkPrecision(s *subject) error {
	if _, err := s.distribution(); err != nil {
		return err
	}
	const n = 64
	single, double, err := s.precisions(n)
	if err != nil {
		return err
	}
	found := &findings{}
	for i, params := range slices.Concat(s.Params, s.Extremes) {
		params = round32(params)
		x := s.extremeValues(s.support(params))
		if s.Discrete != nil {
			x = round32(slices.Concat(s.Discrete...))
		}
		if d, err := s.some(min(i, len(s.Params)-1), 8); err == nil {
			x = append(x, round32(d)...)
		}
		for part := range slices.Chunk(x, n*s.event) {
			m, err := s.measure(double, params, slices.Clone(part))
			if err != nil {
				return err
			}
			a, err := single.eval(part, params)
			if err != nil {
				return err
			}
			for r := range len(part) / s.event {
				e := part[r*s.event : (r+1)*s.event]
				if !contains(s.support(params), e, 0) || !finite(m.at[0][r]) || !finite(a[0][r]) {
					continue
				}
				if m.off(a[0][r], 0, r, 1) {
					found.add("params %v: LogProb(%v) is %v, in float64 %v", params, e, a[0][r], m.at[0][r])
				}
				for k := 1; k < len(a); k++ {
					if k == 1 && s.discrete(params) { // nothing is between its values
						continue
					}
					w := len(a[k]) / n
					for j := r * w; j < (r+1)*w; j++ {
						if m.off(a[k][j], k, j, 1) {
							found.add("params %v: gradient %d of LogProb(%v) is %v, in float64 %v", params, k-1, e, a[k][j], m.at[k][j])
						}
					}
				}
			}
		}
	}
	return found.err()
}

// closedForms compiles what a distribution says of itself and of another of
// its type, with parameters in two rows.
func (s *subject) closedForms(dt graph.Dtype) (*program, error) {
	both := &subject{Case: s.Case, shapes: slices.Concat(s.shapes, s.shapes), event: s.event}
	both.New = func(sc *graph.Scope, ps []*graph.Node) prob.Dist { return s.New(sc, ps[:len(s.shapes)]) }
	return both.build(dt, nil, []int{1}, func(e env) {
		e.s.Output("none", e.s.Const(0))
		if d, ok := e.d.(prob.Entropic); ok {
			h := d.Entropy()
			e.s.Output("Entropy", graph.BroadcastTo(h, 1))
			for i, g := range graph.Grad(graph.Sum(h), both.trained(e)) {
				e.s.Output("gradient_"+strconv.Itoa(i)+"_of_Entropy", g)
			}
		}
		if p := s.New(e.s.In("other"), e.p[len(s.shapes):]); prob.HasKL(e.d, p) {
			kl := prob.KL(e.d, p)
			e.s.Output("KL", graph.BroadcastTo(kl, 1))
			for i, g := range graph.Grad(graph.Sum(kl), both.trained(e)) {
				e.s.Output("gradient_"+strconv.Itoa(i)+"_of_KL", g)
			}
		}
	})
}

func checkClosedPrecision(s *subject) error {
	if _, err := s.distribution(); err != nil {
		return err
	}
	if !is[prob.Entropic](s) && !prob.HasKL(s.dist, s.dist) {
		return notApplicable("the type has no Entropy, and no closed form of KL")
	}
	single, err := s.closedForms(graph.Float32)
	if err != nil {
		return err
	}
	double, err := s.closedForms(graph.Float64)
	if err != nil {
		return err
	}
	found := &findings{}
	settings := slices.Concat(s.Params, s.Extremes)
	for i, q := range settings {
		for j, p := range settings {
			if j > i+2 && i > 1 { // every setting beside some others
				continue
			}
			params := round32(slices.Concat(q, p))
			m, err := s.measure(double, params, nil)
			if err != nil {
				return err
			}
			a, err := single.eval(nil, params)
			if err != nil {
				return err
			}
			for k, name := range single.Outputs() {
				name = strings.ReplaceAll(name, "_", " ")
				beside := 1.0
				if name == "Entropy" && s.discrete(q) { // whose entropy is relative to itself
					beside = 0
				}
				for e, v := range a[k] {
					if m.off(v, k, e, beside) {
						found.add("params %v and %v: %s is %v, in float64 %v", q, p, name, v, m.at[k][e])
					}
				}
			}
		}
	}
	return found.err()
}
