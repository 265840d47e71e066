package kernel

// prepareDepthwise divides the rows of pictures or the elements of the window.
func (c *Conv[T]) prepareDepthwise() (parts int) {
	switch c.Part {
	case ConvResult:
		c.chunks = cutInto(c.N*c.H.Out(), c.wantedParts(), 1)
	case ConvInput:
		c.chunks = cutInto(c.N*c.H.In, c.wantedParts(), 1)
	default:
		c.chunks = cutInto(c.H.Size*c.W.Size, c.wantedParts(), 1)
		c.partials = make([]T, len(c.Weights))
	}
	return c.chunks.n
}

// doDepthwise computes some rows, or elements of the window.
func (c *Conv[T]) doDepthwise(part int) {
	from, to := c.chunks.bounds(part)
	for i := from; i < to; i++ {
		switch c.Part {
		case ConvResult:
			c.depthwiseResult(i)
		case ConvInput:
			c.depthwiseInput(i)
		default:
			c.depthwiseWeights(i/c.W.Size, i%c.W.Size)
		}
	}
}

// xAt, yAt and weightAt return the channels at a place of a row of pictures, or of an
// element of the window.
func (c *Conv[T]) xAt(row, w int) []T { return c.X[(row*c.W.In+w)*c.C:][:c.C] }
func (c *Conv[T]) yAt(row, w int) []T { return c.Y[(row*c.W.Out()+w)*c.O:][:c.O] }
func (c *Conv[T]) weightAt(kh, kw int) []T {
	return c.Weights[(kh*c.W.Size+kw)*c.O:][:c.O]
}

// depthwiseResult computes a row of all pictures' rows.
func (c *Conv[T]) depthwiseResult(row int) {
	n, t := row/c.H.Out(), row%c.H.Out()
	clear(c.Y[row*c.W.Out()*c.O:][:c.W.Out()*c.O])
	for kh := range c.H.Size {
		h, inside := c.H.Place(t, kh)
		for kw := 0; inside && kw < c.W.Size; kw++ {
			lo, hi := c.W.Steps(kw)
			for w := lo; w < hi; w++ {
				at, _ := c.W.Place(w, kw)
				addProducts(c.yAt(row, w), c.xAt(n*c.H.In+h, at), c.weightAt(kh, kw))
			}
		}
	}
}

// depthwiseInput computes a row of all pictures' rows.
func (c *Conv[T]) depthwiseInput(row int) {
	n, h := row/c.H.In, row%c.H.In
	clear(c.X[row*c.W.In*c.C:][:c.W.In*c.C])
	for kh := range c.H.Size {
		t, ok := c.H.Step(h, kh)
		for kw := 0; ok && kw < c.W.Size; kw++ {
			lo, hi := c.W.Steps(kw)
			for w := lo; w < hi; w++ {
				at, _ := c.W.Place(w, kw)
				addGrouped(c.xAt(row, at), c.yAt(n*c.H.Out()+t, w), c.weightAt(kh, kw))
			}
		}
	}
}

// depthwiseWeights computes the weights of an element of the window. The places of a
// row are summed before they are added to those of the others, so that long sums
// lose less to rounding.
func (c *Conv[T]) depthwiseWeights(kh, kw int) {
	sum := c.weightAt(kh, kw)
	ofRow := c.partials[(kh*c.W.Size+kw)*c.O:][:c.O]
	clear(sum)
	tlo, thi := c.H.Steps(kh)
	lo, hi := c.W.Steps(kw)
	for n := range c.N {
		for t := tlo; t < thi; t++ {
			h, _ := c.H.Place(t, kh)
			clear(ofRow)
			for w := lo; w < hi; w++ {
				at, _ := c.W.Place(w, kw)
				addProducts(ofRow, c.xAt(n*c.H.In+h, at), c.yAt(n*c.H.Out()+t, w))
			}
			Zip(OpAdd, sum, sum, ofRow)
		}
	}
}

// addProducts adds x·w to y, which have as many channels for each of x.
func addProducts[T Float](y, x, w []T) {
	if len(x) == len(y) {
		MulAdd(y, x, w, y)
		return
	}
	each := len(y) / len(x)
	for o := range y {
		y[o] += x[o/each] * w[o]
	}
}

// addGrouped adds to each of x the sum of y·w over its channels.
func addGrouped[T Float](x, y, w []T) {
	if len(x) == len(y) {
		MulAdd(x, y, w, x)
		return
	}
	each := len(y) / len(x)
	for o := range y {
		x[o/each] += y[o] * w[o]
	}
}
