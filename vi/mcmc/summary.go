package mcmc

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"gonum.org/v1/gonum/stat"

	"github.com/latentgo/latent/graph"
)

// Row is what the draws say of one number.
type Row struct {
	Name             string // such as theta[2 0], with the indices in the shape of a draw; of a single number without
	Mean, SD         float64
	Error            float64 // Monte Carlo standard error of the mean
	Q5, Median, Q95  float64 // quantiles
	BulkESS, TailESS float64
	RHat             float64
}

// Summary has a row for each number of the latents, and of what was derived.
type Summary []Row

// Summary sums up the draws of some latents, of all that Names has if none is named.
// It panics at an unknown name.
func (p *Posterior) Summary(names ...string) Summary {
	if len(names) == 0 {
		names = p.Names()
	}
	var s Summary
	for _, name := range names {
		shape := p.Shape(name)
		for i := range graph.Size(shape) {
			s = append(s, row(label(name, shape, i), p.Series(name, i)))
		}
	}
	return s
}

func row(name string, chains [][]float64) Row {
	mean, sd := stat.MeanStdDev(slices.Concat(chains...), nil)
	return Row{
		Name: name, Mean: mean, SD: sd, Error: MeanError(chains),
		Q5: Quantile(chains, .05), Median: median(chains), Q95: Quantile(chains, .95),
		BulkESS: BulkESS(chains), TailESS: TailESS(chains), RHat: RHat(chains),
	}
}

// label names an element of a latent.
func label(name string, shape []int, i int) string {
	if graph.Size(shape) == 1 {
		return name
	}
	at := make([]int, len(shape))
	for a := len(shape) - 1; a >= 0; a-- {
		at[a] = i % shape[a]
		i /= shape[a]
	}
	return name + fmt.Sprint(at)
}

// String returns the table.
func (s Summary) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\tmean\tsd\terror\t5%\t50%\t95%\tbulk ESS\ttail ESS\tR̂\t")
	for _, r := range s {
		fmt.Fprintf(w, "%s\t%.3g\t%.3g\t%.2g\t%.3g\t%.3g\t%.3g\t%.0f\t%.0f\t%.3f\t\n", r.Name, r.Mean, r.SD, r.Error, r.Q5, r.Median, r.Q95, r.BulkESS, r.TailESS, r.RHat)
	}
	_ = w.Flush() // to memory
	return b.String()
}

// Warnings says what speaks against the draws, and what helps; nil if nothing does:
// divergences, chains that disagree, few effective draws, and energies or trees that
// are not as they should be.
func (p *Posterior) Warnings() []string {
	p.notNil()
	var out []string
	warn := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if n := len(p.Divergences()); n > 0 {
		warn("%d of %d draws diverged: there are places that the step size is too large for; set Accept nearer to 1, or write latents whose scale is a latent as standard ones times the scale", n, p.Chains*p.Draws)
	}
	deep := 0
	for c, ts := range p.Transitions {
		energy := make([]float64, len(ts))
		for d, t := range ts {
			energy[d] = t.Energy
			if t.Depth > 0 && t.Depth == p.depth {
				deep++
			}
		}
		if b := EBFMI(energy); b < .3 {
			warn("chain %d: the energies of neighbouring draws are too alike (E-BFMI %.2f, want .3 or more): it is slow in the tails; change the scales of latents or give them lighter tails", c, b)
		}
	}
	if deep > 0 {
		warn("%d of %d trajectories ended at the largest depth: draws cost much and are correlated; set Mass to Dense, or NUTS.MaxDepth higher", deep, p.Chains*p.Draws)
	}
	rhat, bulk, still := Row{}, Row{BulkESS: math.Inf(1), TailESS: math.Inf(1)}, true
	for _, r := range p.Summary() {
		still = still && r.SD == 0
		if r.RHat > rhat.RHat {
			rhat = r
		}
		if min(r.BulkESS, r.TailESS) < min(bulk.BulkESS, bulk.TailESS) {
			bulk = r
		}
	}
	switch {
	case p.Draws < 4:
		warn("%d draws of a chain are too few to tell whether the chains agree: draw 4 or more, better 1000", p.Draws)
	case still:
		warn("all draws are the same: the chains do not move; give a smaller StepSize, or leave Fixed out and have it tuned")
	}
	if rhat.RHat > 1.01 {
		warn("the chains do not agree on %s (R̂ %.3f, want 1.01 or less): draw more, warm up longer", rhat.Name, rhat.RHat)
	}
	if n := min(bulk.BulkESS, bulk.TailESS); n < 100*float64(p.Chains) {
		warn("%s has %.0f effective draws, want %d or more: draw more", bulk.Name, n, 100*p.Chains)
	}
	return out
}
