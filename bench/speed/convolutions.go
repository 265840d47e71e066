package main

import (
	"github.com/latentgo/latent/internal/kernel"
)

// A convolution stands for some of a step: windows of size×size that move by a stride
// over square pictures, from in to out channels, and how often a step computes the
// result, and the derivatives by the input and by the weights.
type convolution struct {
	side, in, out, size, stride int
	times                       [3]int
}

var ofConvvae = []convolution{
	{28, 1, 32, 3, 2, [3]int{2, 1, 2}}, {14, 32, 64, 3, 2, [3]int{2, 2, 2}},
}

var ofResvae = []convolution{
	{28, 1, 16, 3, 1, [3]int{1, 0, 1}}, {28, 16, 1, 3, 1, [3]int{1, 1, 1}}, {28, 16, 16, 3, 1, [3]int{1, 1, 1}},
	{28, 16, 32, 3, 2, [3]int{2, 2, 2}}, {28, 16, 32, 1, 2, [3]int{1, 1, 1}}, {28, 16, 32, 2, 2, [3]int{1, 1, 1}},
	{14, 32, 32, 3, 1, [3]int{2, 2, 2}},
	{14, 32, 32, 3, 2, [3]int{2, 2, 2}}, {14, 32, 32, 1, 2, [3]int{1, 1, 1}}, {14, 32, 32, 2, 2, [3]int{1, 1, 1}},
	{7, 32, 32, 3, 1, [3]int{2, 2, 2}},
	{7, 32, 32, 3, 2, [3]int{2, 2, 2}}, {7, 32, 32, 1, 2, [3]int{1, 1, 1}}, {7, 32, 32, 2, 2, [3]int{1, 1, 1}},
	{4, 32, 32, 3, 1, [3]int{1, 1, 1}},
}

// convolutions is all convolutions of a step of a network, batch 100.
func convolutions(name string, all []convolution) routine {
	work := 0.
	for _, c := range all {
		for part, times := range c.times {
			of := c.of(kernel.ConvPart(part))
			work += float64(times) * of.FLOPs()
		}
	}
	return routine{"kernel/" + name, work, "GFLOP/s", func() func(*kernel.Pool) {
		var conv []*kernel.Conv[float32]
		x, y := written(100*28*28*32), written(100*28*28*32) // which they share, as they do in a program
		for _, c := range all {
			for part, times := range c.times {
				of := c.of(kernel.ConvPart(part))
				of.X, of.Y = x[:of.N*c.side*c.side*c.in], y[:of.N*of.H.Out()*of.W.Out()*c.out]
				of.Weights = written(c.size * c.size * of.C * of.O)
				for range times {
					conv = append(conv, &of)
				}
			}
		}
		prepared, parts := (*kernel.Pool)(nil), make([]int, len(conv))
		return func(p *kernel.Pool) {
			for i, c := range conv {
				if p != prepared {
					parts[i] = c.Prepare(p)
				}
				p.Run(parts[i], c)
				c.Finish()
			}
			prepared = p
		}
	}}
}

// of returns one of the three products, with its sizes alone.
func (c convolution) of(part kernel.ConvPart) kernel.Conv[float32] {
	steps := (c.side + c.stride - 1) / c.stride
	pad := max((steps-1)*c.stride+c.size-c.side, 0)
	w := kernel.Window{In: c.side, Size: c.size, Stride: c.stride, Dilation: 1, Before: pad / 2, After: pad - pad/2}
	return kernel.Conv[float32]{Part: part, N: 100, C: c.in, O: c.out, Groups: 1, H: w, W: w}
}
