package calibration

import (
	"context"
	"maps"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/latentgo/latent/vi"
)

// Replication is one simulated data set: what it was made with, and draws of what
// the sampler takes for the posterior, by name. A parameter of several elements is
// looked at element by element.
type Replication struct {
	Truth map[string][]float64
	Draws map[string]*vi.Draws
}

// Ranks are the ranks of true values among draws. The zero value is empty.
type Ranks struct {
	of    map[string]int // number of elements
	draws int
	ranks map[string][][]int // by element and replication
}

// Run makes n replications, one after the other, and ranks them.
func Run(ctx context.Context, n int, replicate func(ctx context.Context, i int) (Replication, error)) (*Ranks, error) {
	switch {
	case ctx == nil:
		return nil, errors.New("calibration: the context is nil")
	case n < 1:
		return nil, errors.Errorf("calibration: %d replications, want 1 or more", n)
	case replicate == nil:
		return nil, errors.New("calibration: no function that makes a replication")
	}
	r := &Ranks{}
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, errors.Wrapf(err, "calibration: replication %d", i)
		}
		one, err := replicate(ctx, i)
		if err == nil {
			err = r.Add(one)
		}
		if err != nil {
			return nil, errors.WithMessagef(err, "calibration: replication %d", i)
		}
	}
	return r, nil
}

// Add ranks a replication: the number of draws below the true value, and half of
// those that equal it. All replications have the same parameters and numbers of
// draws.
func (r *Ranks) Add(one Replication) error {
	if r == nil {
		return errors.New("calibration: the Ranks are nil, want &calibration.Ranks{}")
	}
	names := slices.Sorted(maps.Keys(one.Truth))
	if len(names) == 0 {
		return errors.New("calibration: a replication without a true value")
	}
	if r.of != nil && !slices.Equal(names, r.Names()) {
		return errors.Errorf("calibration: true values of %v after those of %v", names, r.Names())
	}
	k := r.draws
	for _, name := range names {
		truth, d := one.Truth[name], one.Draws[name]
		switch {
		case d == nil:
			return errors.Errorf("calibration: %s has a true value and no draws", name)
		case d.K < 1 || len(truth) == 0 || len(d.Values) != d.K*len(truth):
			return errors.Errorf("calibration: %s has %d true values and %d in %d draws", name, len(truth), len(d.Values), d.K)
		case k != 0 && d.K != k:
			return errors.Errorf("calibration: %d draws of %s, %d before", d.K, name, k)
		case r.of != nil && r.of[name] != len(truth):
			return errors.Errorf("calibration: %s has %d elements, %d before", name, len(truth), r.of[name])
		case slices.ContainsFunc(truth, math.IsNaN) || slices.ContainsFunc(d.Values, math.IsNaN):
			return errors.Errorf("calibration: %s is NaN", name)
		}
		k = d.K
	}
	if r.of == nil {
		r.of, r.ranks, r.draws = map[string]int{}, map[string][][]int{}, k
		for _, name := range names {
			r.of[name], r.ranks[name] = len(one.Truth[name]), make([][]int, len(one.Truth[name]))
		}
	}
	for _, name := range names {
		for j, truth := range one.Truth[name] {
			below, equal := 0, 0
			for i := range k {
				switch v := one.Draws[name].At(i)[j]; {
				case v < truth:
					below++
				case v == truth:
					equal++
				}
			}
			r.ranks[name][j] = append(r.ranks[name][j], below+equal/2)
		}
	}
	return nil
}

// Names returns the names of the parameters.
func (r *Ranks) Names() []string {
	if r == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(r.of))
}

// Draws returns L, the number of draws: ranks go from 0 to L.
func (r *Ranks) Draws() int {
	if r == nil {
		return 0
	}
	return r.draws
}

// Of returns the ranks of a parameter, of each element in every replication; nil
// for an unknown name.
func (r *Ranks) Of(name string) [][]int {
	if r == nil {
		return nil
	}
	out := make([][]int, len(r.ranks[name]))
	for j, v := range r.ranks[name] {
		out[j] = slices.Clone(v)
	}
	return out
}

// Counts returns how many ranks of an element lie in each of some equal parts of
// 0 … L, and how many are expected there.
func (r *Ranks) Counts(name string, element, bins int) (got []int, want []float64) {
	all := r.Of(name)
	if element < 0 || element >= len(all) || bins < 1 {
		return nil, nil
	}
	bins = min(bins, r.draws+1)
	got, want = make([]int, bins), make([]float64, bins)
	bin := func(rank int) int { return rank * bins / (r.draws + 1) }
	for rank := range r.draws + 1 {
		want[bin(rank)] += float64(len(all[element])) / float64(r.draws+1)
	}
	for _, rank := range all[element] {
		got[bin(rank)]++
	}
	return got, want
}

// Uniformity returns, for each element of a parameter, the probability that ranks
// of the exact posterior are as uneven as these, by the χ² test over bins, of which
// 20 is usual; each should expect 5 ranks or more. Draws that depend on each other,
// such as of a chain, are to be thinned until they do not. It is NaN for no bins.
func (r *Ranks) Uniformity(name string, bins int) []float64 {
	out := make([]float64, len(r.Of(name)))
	for j := range out {
		got, want := r.Counts(name, j, bins)
		sum := 0.
		for i, w := range want {
			sum += (float64(got[i]) - w) * (float64(got[i]) - w) / w
		}
		if out[j] = 1; bins < 1 {
			out[j] = math.NaN()
		} else if len(got) > 1 {
			out[j] = distuv.ChiSquared{K: float64(len(got) - 1)}.Survival(sum)
		}
	}
	return out
}

// Side says on which side of the truth the draws are.
type Side struct {
	P    float64 // probability of an asymmetry as large, if draws lie to no side
	Mean float64 // fraction of draws above the truth: ½ to no side, more where they are too high
}

// Symmetry returns, for each element of a parameter, whether draws lie to a side
// of the truth: with p the fraction of draws above it, whether p and 1−p are alike
// over the replications. That holds for a posterior of the right centre, be it too
// narrow or too wide. The statistic is
//
//	max_x |#{p ≤ x} − #{p ≥ 1−x}|
//
// whose law, if p is symmetric, is that of the largest excursion of a random walk
// (Butler, The Annals of Mathematical Statistics 40, 1969), computed exactly. Yao
// et al. take the Kolmogorov-Smirnov test of two samples for it, as though p and
// 1−p were independent.
func (r *Ranks) Symmetry(name string) []Side {
	var out []Side
	for _, ranks := range r.Of(name) {
		s := Side{}
		n := len(ranks)
		off := make([]int, n) // 2·(draws above − L/2)
		for i, rank := range ranks {
			off[i] = r.draws - 2*rank
			s.Mean += float64(r.draws-rank) / float64(r.draws) / float64(n)
		}
		size := func(v int) int { return max(v, -v) }
		slices.SortFunc(off, func(a, b int) int { return size(b) - size(a) })
		sum, most, steps := 0, 0, 0
		for i, v := range off {
			if v == 0 {
				break
			}
			steps++
			sum += v / size(v)
			if i+1 == n || size(off[i+1]) != size(v) { // ranks that are alike count at once
				most = max(most, size(sum))
			}
		}
		s.P = excursion(steps, most)
		out = append(out, s)
	}
	return out
}

// excursion returns the probability that a walk of n steps ±1 goes as far as s from
// where it began.
func excursion(n, s int) float64 {
	if s == 0 {
		return 1
	}
	at := make([]float64, 2*s+1) // −s … s, whose ends absorb
	at[s] = 1
	for range n {
		next := make([]float64, len(at))
		next[0], next[2*s] = at[0], at[2*s]
		for i := 1; i < 2*s; i++ {
			next[i-1] += at[i] / 2
			next[i+1] += at[i] / 2
		}
		at = next
	}
	return at[0] + at[2*s]
}
