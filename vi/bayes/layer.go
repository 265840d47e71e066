package bayes

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
)

// Layer is a layer of a network some of whose weights are latent.
type Layer interface {
	// Draw draws the latent weights, in the guide.
	Draw(t *vi.Trace)
	// Apply returns the layer's function of x with these weights, in the joint:
	// of x [E…, K or 1, B, in] one node [E…, K, B, out]. It scores the weights under
	// their prior, so that it is called once in a run.
	Apply(t *vi.Trace, x *graph.Node) *graph.Node
	// Mean returns the layer with the weights' means, which are its parameters.
	Mean() layers.Layer
}

// Stack applies layers one after the other.
type Stack []Layer

var _ Layer = Stack{}

// Draw implements Layer. It is a vi.Func: the guide of a model whose latents are
// the weights.
func (n Stack) Draw(t *vi.Trace) {
	for i, l := range n {
		n.at(i)
		l.Draw(t)
	}
}

// Apply implements Layer.
func (n Stack) Apply(t *vi.Trace, x *graph.Node) *graph.Node {
	for i, l := range n {
		n.at(i)
		x = l.Apply(t, x)
	}
	return x
}

// Mean implements Layer.
func (n Stack) Mean() layers.Layer {
	var l layers.Stack
	for i := range n {
		n.at(i)
		l = append(l, n[i].Mean())
	}
	return l
}

// at refuses a layer that is nil.
func (n Stack) at(i int) {
	if op.Nil(n[i]) {
		graph.Fail("bayes: stack: layer %d is nil", i)
	}
}

// Fixed is a layer of package layers, such as an activation, as one of a Stack.
type Fixed struct{ Layer layers.Layer }

var _ Layer = Fixed{}

// Draw implements Layer: there is nothing to draw.
func (Fixed) Draw(*vi.Trace) {}

// Apply implements Layer.
func (f Fixed) Apply(_ *vi.Trace, x *graph.Node) *graph.Node { return f.Mean().Apply(x) }

// Mean implements Layer.
func (f Fixed) Mean() layers.Layer {
	if op.Nil(f.Layer) {
		graph.Fail("bayes: Fixed: the layer is nil")
	}
	return f.Layer
}

// Dense is an affine map of the last axis, x·W + b, with weights drawn from a
// posterior. Config.NewDense declares it.
type Dense struct {
	s       *graph.Scope
	in, out int
	theta   *graph.Node // [in, out]: the means of the weights
	b       *graph.Node // [out]: the biases, or their means; nil for none
	latents []latent
	bias    *latent // of the biases
	priors  bool    // Config.Prior is the latents'
	// noisy returns x·W of the weights that the latents make; nil means x·θ.
	noisy func(t *vi.Trace, x *graph.Node) *graph.Node
	// logAlpha is log α = log σ²/θ² of each weight, [in or 1, out or 1]; nil for
	// posteriors without rates.
	logAlpha *graph.Node
}

var _ Layer = Dense{}

// latent is a random variable of a layer.
type latent struct {
	site     string
	q, prior prob.Dist
	lead     int // leading axis of its value
}

// product is the use of a random variable in the joint.
func (l latent) product(t *vi.Trace, x *graph.Node, f vi.Bilinear) *graph.Node {
	return t.Product(l.site, l.prior, x, f)
}

// latent adds a random variable, named below the layer's scope.
func (d *Dense) latent(name string, q, prior prob.Dist, lead int) latent {
	l := latent{d.site(name), q, prior, lead}
	d.latents = append(d.latents, l)
	return l
}

func (d *Dense) site(name string) string {
	if d.s.Path() == "" {
		return name
	}
	return d.s.Path() + "/" + name
}

// Draw implements Layer.
func (d Dense) Draw(t *vi.Trace) {
	d.declared()
	for _, l := range d.latents {
		t.Global(l.site, l.q, l.lead)
	}
}

// Apply implements Layer: [… in] to [… out].
func (d Dense) Apply(t *vi.Trace, x *graph.Node) *graph.Node {
	d.declared()
	if x == nil {
		graph.Fail("bayes: dense %s: input is nil", d.s.Path())
	}
	if sh := x.Shape(); len(sh) < 2 || sh[len(sh)-1] != d.in {
		graph.Fail("bayes: dense %s: input %v, want [… %d] with axes of draws and rows", d.s.Path(), sh, d.in)
	}
	if t == nil {
		graph.Fail("bayes: dense %s: the Trace is nil, want the one of the joint", d.s.Path())
	}
	defer graph.Enter("layer " + d.s.Path())()
	if d.noisy == nil {
		return graph.Linear(x, d.theta, d.b)
	}
	y := d.noisy(t, x)
	switch {
	case d.bias != nil:
		return y.Add(d.bias.product(t, x, constant{}))
	case d.b != nil:
		return y.Add(d.b)
	}
	return y
}

// Mean implements Layer. It is a layers.Dense.
func (d Dense) Mean() layers.Layer {
	d.declared()
	return layers.Dense{W: d.theta, B: d.b}
}

// LogAlpha returns log α of each weight, [in or 1, out or 1], the logarithm of its
// variance divided by the square of its mean, under VariationalDropout and
// SparseDropout; nil under other posteriors.
func (d Dense) LogAlpha() *graph.Node {
	d.declared()
	return d.logAlpha
}

func (d Dense) declared() {
	if d.theta == nil {
		graph.Fail("bayes: dense without weights; bayes.Config.NewDense declares them")
	}
}
