package vi

import (
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/prob"
)

// Estimators of a product with a latent weight say where its noise is.
type (
	// Local draws the product instead of the weight. For a Normal weight
	// N(μ, σ²) and y = x·W, each row's y is normal with mean γ = x·μ and
	// variance δ = x²·σ², so
	//
	//	y = γ + √δ·ε
	//
	// with noise for each row: rows are uncorrelated, and the variance of a
	// minibatch gradient falls as 1/M (Kingma, Salimans and Welling, arXiv
	// 1506.02557). Every element of y has its own noise: that is exact where the
	// elements of a row share no weight, as in x·W, or enter the bound apart. The
	// weight must be used in one product; a divergence without a closed form is
	// estimated at a draw of the weight that nothing else sees.
	Local struct{}
	// Single draws one weight for the whole batch: the rows' gradients are
	// correlated.
	Single struct{}
	// Separate draws a weight for each row: the rows' gradients are uncorrelated,
	// at the cost of a matrix for each row.
	Separate struct{}
)

func (Local) describe() estimator {
	return estimator{name: "Local", needs: derivatives | averages | weight | normal, perRow: true, multiply: localNoise}
}

func (Single) describe() estimator {
	return estimator{name: "Single", needs: derivatives | weight}
}

func (Separate) describe() estimator {
	return estimator{name: "Separate", needs: derivatives | weight | normal, multiply: separateNoise}
}

// NormalLaw is a law of independent normal weights in other terms than those of
// prob.Normal, such as a standard deviation that is a multiple of the mean. Noise
// that replaces the weight of a product takes it as it takes prob.Normal.
type NormalLaw interface {
	prob.Pathwise
	prob.Moments
	// Std returns the standard deviation of each element, of the parameters'
	// shape.
	Std() *graph.Node
}

// normalLaw returns a law as a NormalLaw, nil if it is not normal.
func normalLaw(d prob.Dist) NormalLaw {
	switch d := d.(type) {
	case prob.Normal:
		return plainNormal{d}
	case NormalLaw:
		return d
	}
	return nil
}

// plainNormal is prob.Normal as a NormalLaw.
type plainNormal struct{ prob.Normal }

func (d plainNormal) Std() *graph.Node { return graph.Exp(d.LogStd) }

// Bilinear is a product of data and weights, linear in either,
//
//	y_k = Σ_j a_kj(x)·w_j
//
// with what noise in its weights does to it. A map that embeds another has its
// own for both methods: coefficients change both.
type Bilinear interface {
	// Mul returns y of x and w. It takes leading axes on both.
	Mul(x, w *graph.Node) *graph.Node
	// Variance returns that of y for independent weights of variances v,
	//
	//	Var y_k = Σ_j a_kj(x)²·v_j
	//
	// of the shape of y. It squares the coefficients of the map too: of
	// ½·x·W it is ¼·x²·v, and of the mean over rows (Σ_i x_i/n)·W the square is
	// that of the mean. Only Local noise needs it.
	Variance(x, v *graph.Node) *graph.Node
}

// MatMul is the Bilinear map x·W of the last two axes.
type MatMul struct{}

// Mul implements Bilinear.
func (MatMul) Mul(x, w *graph.Node) *graph.Node { return graph.MatMul(x, w) }

// Variance implements Bilinear.
func (MatMul) Variance(x, v *graph.Node) *graph.Node { return graph.MatMul(x.Square(), v) }

// Product returns f.Mul(x, w), the joint's one use of a latent weight w whose
// guide is a Global: the site's estimator (Local, the default, Flipout, PerDraw,
// Single or Separate) chooses the noise; all but Single want a prob.Normal or a
// NormalLaw. x is [E…, K, B, …]. Separate calls f.Mul with x [E…, K, B, 1, …] and w
// [1…, 1, B, lead…, D], PerDraw with x as it is and w [1…, K, lead…, D].
func (t *Trace) Product(name string, prior prob.Dist, x *graph.Node, f Bilinear) *graph.Node {
	t.outsideSteps("Product of " + name)
	defer graph.Enter("product " + name)()
	s := t.r.find(name)
	if s != nil && s.product {
		graph.Fail("vi: the weight %s is used by two products; its local noise would be drawn twice: use t.Global in the joint", name)
	}
	if given := t.r.of.given[name]; t.joint && s == nil && given != nil {
		s = t.site(name)
		s.Global, s.Observed, s.Value, s.shape = true, true, given, given.Shape()
	}
	if !t.joint || s == nil || !s.Global || s.Q == nil && !s.Observed || s.P != nil {
		graph.Fail("vi: %s: a Product belongs in the joint and its weight must be a Global of the guide", name)
	}
	if op.Nil(prior) {
		graph.Fail("vi: %s is drawn from no distribution", name)
	}
	if x == nil || op.Nil(f) {
		graph.Fail("vi: %s: a Product without its x or its map", name)
	}
	if !t.r.isValue(x.Shape()) {
		graph.Fail("vi: %s: x of shape %v, want %s", name, x.Shape(), t.r.text(" …"))
	}
	s.product = true
	noise := t.r.of.asked.product(name)
	if !noise.needs.has(weight) {
		graph.Fail("vi: %s: a product takes vi.Local, vi.Flipout, vi.PerDraw, vi.Single or vi.Separate, not %s", name, noise.name)
	}
	t.record(s, prior, graph.Sum(prior.LogProb(s.Value)))
	if noise.multiply == nil || s.Observed {
		return f.Mul(x, s.Value)
	}
	q := normalLaw(s.Q)
	if q == nil {
		graph.Fail("vi: %s: vi.%s noise needs a prob.Normal guide or a vi.NormalLaw, not %s; use vi.Single", name, noise.name, prob.NameOf(s.Q))
	}
	s.weight, s.Value = s.Value, nil // each row has its own
	return noise.multiply(t.r.Record, name, q, s.shape, x, f)
}

// localNoise draws the product of each row.
func localNoise(r *Record, name string, q NormalLaw, shape graph.Shape, x *graph.Node, f Bilinear) *graph.Node {
	m, v := q.Moments()
	mean := r.meanProduct(name, m, shape, x, f)
	variance := f.Variance(x, graph.BroadcastTo(v, shape...))
	if !slices.Equal(variance.Shape(), mean.Shape()) {
		graph.Fail("vi: %s: %T has a Variance of shape %v, want that of its Mul, %v", name, f, variance.Shape(), mean.Shape())
	}
	none := variance.Eq(graph.Const(0)) // where x is 0, and the root has no derivative
	std := graph.Where(none, graph.Const(0), graph.Sqrt(graph.Where(none, graph.Const(1), variance)))
	return mean.Add(std.Mul(r.noise(name).Noise("local", graph.GaussianNoise, r.lead(r.event(mean.Shape())...)...)))
}

// meanProduct returns the product with the mean of a weight.
func (r *Record) meanProduct(name string, mean *graph.Node, shape graph.Shape, x *graph.Node, f Bilinear) *graph.Node {
	y := f.Mul(x, graph.BroadcastTo(mean, shape...))
	if len(y.Shape()) <= r.eventAxis() {
		graph.Fail("vi: %s: %T of shapes %v and %v gives %v, want %s", name, f, x.Shape(), []int(shape), y.Shape(), r.text(" …"))
	}
	return y
}

// separateNoise draws a weight for each row.
func separateNoise(r *Record, name string, q NormalLaw, shape graph.Shape, x *graph.Node, f Bilinear) *graph.Node {
	noise := r.noise(name).Noise("separate", graph.GaussianNoise, r.each(graph.Size(shape))...)
	mean, _ := q.Moments()
	w := mean.Add(q.Std().Mul(graph.Reshape(noise, r.each(shape...)...)))
	rows := r.splitRows(x.Shape())
	y := f.Mul(graph.Reshape(x, rows...), w)
	if !r.isSplit(y.Shape()) {
		graph.Fail("vi: %s: %T of shapes %v and %v gives %v, want the row's axis of 1 kept", name, f, rows, w.Shape(), y.Shape())
	}
	return graph.Reshape(y, r.joinRows(y.Shape())...)
}

// oneWeight refuses sites that saw a weight which a product's noise replaces by
// others: they would be of another model than the product.
func (r *run) oneWeight() {
	replaced := r.filter(func(s *Site) bool { return s.weight != nil })
	var weights []*graph.Node
	for _, s := range replaced {
		weights = append(weights, s.weight)
	}
	below := graph.NewDependence(weights...)
	for _, s := range replaced {
		for _, t := range r.sites {
			if t == s {
				continue
			}
			for _, x := range []*graph.Node{t.Value, t.LogQ, t.LogP} {
				if x != nil && below.On(x, s.weight) {
					graph.Fail("vi: site %s depends on the weight %s, which %s noise draws anew for each row; use vi.Single for %s", t.Name, s.Name, r.of.asked.product(s.Name).name, s.Name)
				}
			}
		}
	}
}
