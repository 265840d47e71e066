package layers

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/latentgo/latent/graph"
)

// mostUnits is the most that are listed, so that a senseless number is refused
// before memory is taken for it.
const mostUnits = 1 << 24

// ReversedOrder returns the order d−1, …, 1, 0.
func ReversedOrder(d int) []int {
	order := ascending(d)
	slices.Reverse(order)
	return order
}

// RandomOrder returns a random order of 0, …, d−1, always the same for a seed.
func RandomOrder(d int, seed uint64) []int {
	order := ascending(d)
	shuffle(order, rand.NewPCG(seed, uint64(d)))
	return order
}

func ascending(d int) []int {
	if d < 0 || d > mostUnits {
		graph.Fail("layers: an order of %d variables, want 0 to %d", d, mostUnits)
	}
	order := make([]int, d)
	for i := range order {
		order[i] = i
	}
	return order
}

// shuffle orders by random keys. Masks must be the same in every version of Go,
// and only the numbers of a source are.
func shuffle(x []int, r *rand.PCG) {
	type keyed struct {
		key   uint64
		value int
	}
	all := make([]keyed, len(x))
	for i, v := range x {
		all[i] = keyed{r.Uint64(), v}
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	for i, k := range all {
		x[i] = k.value
	}
}

// isOrder tells whether each of 0, …, d−1 occurs once.
func isOrder(order []int, d int) bool {
	sorted := slices.Sorted(slices.Values(order))
	return slices.Equal(sorted, ascending(d))
}

// degrees says for each unit which places it may see.
type degrees struct {
	in, out []int
	hidden  [][]int
}

// lowest is the smallest degree of a hidden unit. Units of degree 0 see no
// variable, so they are of use only to a context.
func (c MADEConfig) lowest() int {
	if c.Context > 0 || c.Inputs == 1 {
		return 0
	}
	return 1
}

// count is the number of degrees that hidden units can have.
func (c MADEConfig) count() int { return c.Inputs - c.lowest() }

// degrees gives every unit its degree. A hidden layer that is wide enough has
// each degree once at least; one that is not has them evenly spread.
func (c MADEConfig) degrees() degrees {
	d := degrees{in: make([]int, c.Inputs)}
	for k, i := range c.Order {
		d.in[i] = k + 1
	}
	for range c.Outputs {
		d.out = append(d.out, d.in...)
	}
	r := rand.NewPCG(c.DegreeSeed, uint64(c.Inputs))
	n := c.count()
	for l, width := range c.Hidden {
		m := make([]int, width)
		if c.Residual && l > 0 { // the sum of a block adds units of equal degrees
			copy(m, d.hidden[0])
		} else {
			for k := range m {
				switch {
				case width < n:
					m[k] = c.lowest() + k*n/width
				case k < n || c.DegreeSeed == 0:
					m[k] = c.lowest() + k%n
				default:
					m[k] = c.lowest() + int(r.Uint64()%uint64(n))
				}
			}
			if c.DegreeSeed != 0 {
				shuffle(m, r)
			}
		}
		d.hidden = append(d.hidden, m)
	}
	return d
}
