package models

import (
	"fmt"
	"slices"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
)

// Pictures are the residual networks of the VAE of Kingma, Salimans, Jozefowicz, Chen,
// Sutskever and Welling (arXiv 1606.04934, appendix C): a convolution, blocks of which
// each halves the picture, and a dense layer, with exponential linear units and
// weight normalisation, and for the decoder the other way round. Pictures come
// and go as vectors, row by row of pixels.
type Pictures struct {
	Height, Width int
	Channels      int   // of a pixel; 0 means 1
	Filters       []int // channels of the first convolution and of each block; nil means 16, 32 and 32
	Hidden        int   // units of the dense layer; 0 means 450
}

// picturesConfig is that of all blocks.
var picturesConfig = layers.Config{Activation: graph.Elu, WeightNorm: true}

func (p Pictures) filled() Pictures {
	if p.Channels == 0 {
		p.Channels = 1
	}
	if p.Filters == nil {
		p.Filters = []int{16, 32, 32}
	}
	if p.Hidden == 0 {
		p.Hidden = 450
	}
	return p
}

// sizes returns the height and width of the picture and after each block.
func (p Pictures) sizes() [][]int {
	all := [][]int{{p.Height, p.Width}}
	for range p.Filters[1:] {
		last := all[len(all)-1]
		all = append(all, []int{(last[0] + 1) / 2, (last[1] + 1) / 2})
	}
	return all
}

// convolution is one of windows of 3×3 that keeps the size.
func (p Pictures) convolution(s *graph.Scope, in, out int) layers.Layer {
	return layers.NewConv2D(s, layers.ConvConfig{
		Config: layers.Config{WeightNorm: true}, Inputs: in, Outputs: out, Window: []int{3}, Same: true,
	})
}

func (p Pictures) dense(s *graph.Scope, in, out int) layers.Layer {
	return layers.Config{WeightNorm: true}.NewDense(s, in, out)
}

// Encoder declares a network of pictures [… Height·Width·Channels]: "first", blocks
// "0", "1" …, "hidden" and "last".
func (p Pictures) Encoder(s *graph.Scope, outputs int) layers.Layer {
	p = p.filled()
	act := layers.Func(graph.Elu)
	net := layers.Stack{layers.Unflatten{Shape: []int{p.Height, p.Width, p.Channels}}, p.convolution(s.In("first"), p.Channels, p.Filters[0])}
	for i, filters := range p.Filters[1:] {
		net = append(net, layers.NewConvBlock(s.In(fmt.Sprint(i)), layers.ConvBlockConfig{
			Config: picturesConfig, Inputs: p.Filters[i], Outputs: filters, Down: 2, Scale: .1,
		}))
	}
	sizes := p.sizes()
	last := sizes[len(sizes)-1]
	return append(net, act, layers.Flatten{}, p.dense(s.In("hidden"), last[0]*last[1]*p.Filters[len(p.Filters)-1], p.Hidden), act,
		p.dense(s.In("last"), p.Hidden, outputs))
}

// Decoder declares a network of latents [… latent] to so many outputs, as many for
// each channel of a pixel: "first", "hidden", blocks "0", "1" … and "last".
func (p Pictures) Decoder(latent int) func(s *graph.Scope, outputs int) layers.Layer {
	p = p.filled()
	return func(s *graph.Scope, outputs int) layers.Layer {
		pixels := p.Height * p.Width
		if pixels == 0 || outputs%pixels != 0 {
			graph.Fail("models: pictures of %d×%d with %d outputs", p.Height, p.Width, outputs)
		}
		act := layers.Func(graph.Elu)
		sizes, filters := p.sizes(), slices.Clone(p.Filters)
		slices.Reverse(sizes)
		slices.Reverse(filters)
		first := []int{sizes[0][0], sizes[0][1], filters[0]}
		net := layers.Stack{p.dense(s.In("first"), latent, p.Hidden), act, p.dense(s.In("hidden"), p.Hidden, graph.Size(first)), layers.Unflatten{Shape: first}}
		for i, out := range filters[1:] {
			net = append(net, layers.NewConvBlock(s.In(fmt.Sprint(i)), layers.ConvBlockConfig{
				Config: picturesConfig, Inputs: filters[i], Outputs: out, Up: 2, Size: sizes[i+1], Scale: .1,
			}))
		}
		return append(net, act, p.convolution(s.In("last"), filters[len(filters)-1], outputs/pixels), layers.Flatten{})
	}
}
