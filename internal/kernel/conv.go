package kernel

import "fmt"

// ConvPart says which of its three arrays a convolution computes from the other
// two.
type ConvPart uint8

// The parts of a convolution: each is the derivative of the sum that the three
// arrays make, by one of them.
const (
	ConvResult  ConvPart = iota // Y of X and Weights
	ConvInput                   // X of Y and Weights
	ConvWeights                 // Weights of X and Y
)

// Conv is one of the three products of the arrays of a convolution
//
//	Y[n,t,o] = Σₖ Σ_c X[n, t·stride + k·dilation − before, first(o)+c] · Weights[k,c,o]
//
// where t and k are of the two axes of pictures and first(o) is the first channel
// of o's group. X is N×H.In×W.In×C, Weights H.Size×W.Size×C/Groups×O and Y
// N×H.Out()×W.Out()×O, by rows. Places outside of X count as zeros.
//
// It is a matrix product whose rows are gathered when a block of them is packed, or
// read where they are: beyond its arrays it takes a block of memory a worker. Results are bit-identical
// for any number of workers. With one channel a group it goes through channels
// element by element.
type Conv[T Float] struct {
	Part ConvPart

	N, C, O, Groups int
	H, W            Window

	X, Weights, Y []T

	pool      *Pool
	geometry  geometry
	parts     cut  // of the pieces
	depthwise bool // one channel a group
	swapped   bool // weights are gathered from the result
	isOfFew   bool // see conv_few.go
	phases    []convPhase
	blocks    int // of rows, of each phase at most
	groupCols cut // of the columns of a group
	weightRow cut // of the rows of the weights of a group
	chunks    cut // of the places that weights are summed over, if band > 0 of the rows of places; if depthwise or of few columns, of what a part computes
	band      int // the rows of places that weights are summed over at once, or few columns computed; 0: gathered rows
	partials  []T // the sums of the chunks but the first; if depthwise, of a row of places
}

// Prepare checks the fields and returns the number of parts in which Do does the
// work, before Finish ends it. The number depends on the shape alone.
func (c *Conv[T]) Prepare(p *Pool) (parts int) {
	const most = 1 << 14 // of which a stride or groups make as many pieces as they like
	c.check()
	c.pool, c.geometry = p, geometryOf[T]()
	c.parts = cutInto(c.pieces(), most, 1)
	return c.parts.n
}

// pieces divides the work into the least that a worker may do.
func (c *Conv[T]) pieces() int {
	switch {
	case c.N == 0 || c.O == 0 || c.C == 0:
		return 1
	case c.C == c.Groups && c.C > 1:
		c.depthwise = true
		return c.prepareDepthwise()
	case c.Part == ConvWeights:
		return c.prepareWeights()
	}
	return c.prepareProduct()
}

// Do computes one part; it makes a prepared Conv a Task.
func (c *Conv[T]) Do(part, worker int) {
	from, to := c.parts.bounds(part)
	for piece := from; piece < to; piece++ {
		c.do(piece, worker)
	}
}

func (c *Conv[T]) do(part, worker int) {
	switch {
	case c.N == 0 || c.O == 0 || c.C == 0:
		clear(c.out())
	case c.depthwise:
		c.doDepthwise(part)
	case c.Part == ConvWeights:
		c.doWeights(part, worker)
	default:
		c.doProduct(part, worker)
	}
}

// Finish adds what parts have summed apart from each other.
func (c *Conv[T]) Finish() {
	if c.depthwise || c.Part != ConvWeights {
		return
	}
	n := len(c.Weights)
	for at := 0; at < len(c.partials); at += n {
		Zip(OpAdd, c.Weights, c.Weights, c.partials[at:at+n])
	}
	if c.swapped && c.band > 0 {
		c.reverseWeights()
	}
}

// Run computes the product with the pool's workers.
func (c *Conv[T]) Run(p *Pool) {
	p.Run(c.Prepare(p), c)
	c.Finish()
}

// out returns the array that is computed.
func (c *Conv[T]) out() []T {
	switch c.Part {
	case ConvResult:
		return c.Y
	case ConvInput:
		return c.X
	}
	return c.Weights
}

// FLOPs returns the multiplications and additions of a convolution.
func (c *Conv[T]) FLOPs() float64 {
	return ConvFLOPs(c.N, c.C, c.O, c.Groups, c.H, c.W)
}

// ConvFLOPs returns the multiplications and additions of a convolution, those with
// places outside included.
func ConvFLOPs(n, c, o, groups int, h, w Window) float64 {
	return 2 * float64(n) * float64(h.Out()) * float64(w.Out()) * float64(h.Size) * float64(w.Size) * float64(c/groups) * float64(o)
}

// check panics unless the sizes are possible and the slices long enough.
func (c *Conv[T]) check() {
	if c.N < 0 || c.C < 0 || c.O < 0 || c.Groups < 1 || c.C%c.Groups != 0 || c.O%c.Groups != 0 {
		panic(fmt.Sprintf("kernel: Conv of %d pictures, %d to %d channels in %d groups", c.N, c.C, c.O, c.Groups))
	}
	if s := c.H.Check() + c.W.Check(); s != "" {
		panic("kernel: Conv: " + s)
	}
	for _, x := range []struct {
		name       string
		have, want int
	}{
		{"X", len(c.X), c.N * c.H.In * c.W.In * c.C},
		{"Weights", len(c.Weights), c.H.Size * c.W.Size * (c.C / c.Groups) * c.O},
		{"Y", len(c.Y), c.N * c.H.Out() * c.W.Out() * c.O},
	} {
		if x.have != x.want {
			panic(fmt.Sprintf("kernel: Conv: %s has %d elements, want %d", x.name, x.have, x.want))
		}
	}
}
