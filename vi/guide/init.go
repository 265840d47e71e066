package guide

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
)

// Init says where a guide starts: the means of what it draws. The set is closed.
type Init interface {
	of(g *making, l *site) graph.Init
}

// Uniform starts at random numbers from (−Radius, Radius) before the map to the
// support, as Stan and NumPyro do: no two numbers start alike, which a symmetric
// model would never tell apart, and none is far out.
type Uniform struct{ Radius float64 } // 0 means 2

func (i Uniform) of(*making, *site) graph.Init {
	if !(i.Radius >= 0) || math.IsInf(i.Radius, 1) {
		graph.Fail("guide: Uniform of radius %v, want a number above 0, or 0 for 2", i.Radius)
	}
	return i
}

// Fill implements graph.Init.
func (i Uniform) Fill(dst []float64, _ graph.Shape, r graph.Random) error {
	radius := cmp.Or(i.Radius, 2)
	r.Uniform(dst, -radius, radius)
	return nil
}

// Zero starts at what 0 is mapped to: 1 of positive numbers, ½ of those in (0, 1),
// equal parts on a simplex.
type Zero struct{}

func (Zero) of(*making, *site) graph.Init { return graph.Constant(0) }

// Median starts at the median of draws from the prior, of each number before the
// map to the support. A prior that is computed from data has none.
type Median struct{ Draws int } // 0 means 15

func (i Median) of(g *making, l *site) graph.Init {
	if i.Draws < 0 {
		graph.Fail("guide: Median of %d draws, want 1 or more, or 0 for 15", i.Draws)
	}
	n := cmp.Or(i.Draws, 15)
	draws, err := door.Evaluate(g.s, n, l.f.Inverse(l.Value))
	if err != nil {
		graph.Fail("guide: site %s has no median of its prior: %v; use Uniform, or Values with a value of it", l.Name, err)
	}
	size := graph.Size(l.shape)
	at := make(starts, size)
	for j := range at {
		var v []float64
		for _, d := range draws {
			for k := j; k < len(d[0]); k += size { // rows and draws of rows alike
				v = append(v, d[0][k])
			}
		}
		slices.Sort(v)
		at[j] = (v[len(v)/2] + v[(len(v)-1)/2]) / 2
	}
	return at.checked(l, "the median of its prior")
}

// Values starts at given values of sites, in row-major order, or of latents of
// single rows the same in each. Other sites start as Else says; nil means
// Uniform{}.
type Values struct {
	Of   map[string][]float64
	Else Init
}

func (i Values) of(g *making, l *site) graph.Init {
	values, ok := i.Of[l.Name]
	if !ok {
		if i.Else == nil {
			i.Else = Uniform{}
		}
		return i.Else.of(g, l)
	}
	shape := l.Value.Shape()[l.rows:]
	if len(values) != graph.Size(shape) {
		graph.Fail("guide: site %s starts at %d values, want %d of shape %v", l.Name, len(values), graph.Size(shape), shape)
	}
	u, err := door.Evaluate(g.s, 1, l.f.Inverse(graph.Tensor(values, shape...)))
	if err != nil {
		graph.Fail("guide: site %s: start: %v", l.Name, err)
	}
	return starts(u[0][0]).checked(l, "its value")
}

// named returns the sites that an Init names.
func named(i Init) []string {
	v, ok := i.(Values)
	if p, pointer := i.(*Values); pointer && p != nil {
		v, ok = *p, true
	}
	if !ok {
		return nil
	}
	return append(slices.Sorted(maps.Keys(v.Of)), named(v.Else)...)
}

// start returns the initialiser of a mean. What is stored needs none.
func (g *making) start(l *site) graph.Init {
	if door.Stored(g.s.In(l.Name), "mean") {
		return graph.Constant(0)
	}
	return g.Init.of(g, l)
}

// starts are the numbers that every row of a parameter starts at.
type starts []float64

func (s starts) checked(l *site, what string) starts {
	for _, u := range s {
		if math.IsNaN(u) || math.IsInf(u, 0) {
			graph.Fail("guide: site %s cannot start at %s, which is outside of the support of %T or at its end: want one inside", l.Name, what, l.P)
		}
	}
	return s
}

// Fill implements graph.Init.
func (s starts) Fill(dst []float64, shape graph.Shape, _ graph.Random) error {
	if len(s) == 0 || len(dst)%len(s) != 0 {
		return errors.Errorf("%d numbers for a shape %v", len(s), shape)
	}
	for i := range dst {
		dst[i] = s[i%len(s)]
	}
	return nil
}
