package engine_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/engine"
	"github.com/latentgo/latent/internal/op"
)

// dense is a layer with weights of a reasonable size.
func (w *world) dense(name string, x *op.Node, out int, act func(*op.Node) *op.Node) *op.Node {
	in := x.Shape()[len(x.Shape())-1]
	wt := w.in(name+"/w", in, out)
	for i := range w.mem[wt].Len() {
		w.mem[wt].Set(i, w.mem[wt].At(i)/math.Sqrt(float64(in)))
	}
	w.params = append(w.params, wt, w.in(name+"/b", out))
	y := graph.Linear(x, wt, w.params[len(w.params)-1])
	if act != nil {
		y = act(y)
	}
	return y
}

// vae is a training step without the update: the loss and all gradients.
func (w *world) vae(batch, data, hidden, latent int) []*op.Node {
	x := w.set(w.in("x", batch, data), func(i int) float64 { return float64(i * i % 2) })
	h := w.dense("e1", x, hidden, graph.Tanh)
	h = w.dense("e2", h, hidden, graph.Tanh)
	h = w.dense("e3", h, 2*latent, nil)
	mean, logStd := graph.Cols(h, 0, latent), graph.Cols(h, latent, 2*latent)
	z := mean.Add(graph.Exp(logStd).Mul(w.in("noise", batch, latent)))
	d := w.dense("d1", z, hidden, graph.Tanh)
	d = w.dense("d2", d, hidden, graph.Tanh)
	logits := w.dense("d3", d, data, nil)
	logp := graph.Sum(x.Mul(logits).Sub(graph.Softplus(logits)), -1)
	kl := graph.Sum(mean.Square().Add(graph.Exp(logStd.Scale(2))).Sub(logStd.Scale(2)).Shift(-1), -1)
	loss := graph.Mean(kl.Scale(.5).Sub(logp))
	return append([]*op.Node{loss}, graph.Grad(loss, w.params)...)
}

func TestVAE(t *testing.T) {
	both(t, func(w *world) []*op.Node { return w.vae(17, 40, 30, 5) })
	both(t, func(w *world) []*op.Node { return w.vae(100, 300, 200, 20) })
}

// bnn is a regression with weights of a mean and a deviation each, sampled by
// their products.
func (w *world) bnn(batch, in, hidden int) []*op.Node {
	cost := graph.Sum(w.bnnLayers(batch, in, hidden).Sub(w.in("y", batch, 1)).Square()).Scale(.5)
	for i := 0; i < len(w.params); i += 2 {
		mean, logStd := w.params[i], w.params[i+1]
		kl := mean.Square().Add(graph.Exp(logStd.Scale(2))).Scale(.5).Sub(logStd)
		cost = cost.Add(graph.Sum(kl))
	}
	return append([]*op.Node{cost}, graph.Grad(cost, w.params)...)
}

func (w *world) bnnLayers(batch, in, hidden int) *op.Node {
	x := w.in("x", batch, in)
	for i, out := range []int{hidden, 1} {
		name := fmt.Sprint("layer", i)
		mean, logStd := w.in(name+"/mean", in, out), w.in(name+"/std", in, out)
		bias, biasStd := w.in(name+"/bias", out), w.in(name+"/biasstd", out)
		w.params = append(w.params, mean, logStd, bias, biasStd)
		m := graph.Linear(x, mean, bias)
		v := graph.Linear(x.Square(), graph.Exp(logStd.Scale(2)), graph.Exp(biasStd.Scale(2)))
		x = m.Add(graph.Sqrt(v).Mul(w.in(name+"/noise", batch, out)))
		if i == 0 {
			x = graph.Relu(x)
		}
		in = out
	}
	return x
}

func BenchmarkVAE(b *testing.B) {
	bench(b, func(w *world) []*op.Node { return w.vae(100, 784, 500, 20) })
}

func BenchmarkIWAE(b *testing.B) {
	bench(b, func(w *world) []*op.Node { return w.iwae(50, 20, 784, 200, 50) })
}

func BenchmarkIAF(b *testing.B) {
	bench(b, func(w *world) []*op.Node { return w.iaf(100, 32, 320, 4) })
}

func BenchmarkBNN(b *testing.B) {
	bench(b, func(w *world) []*op.Node { return w.bnn(32, 13, 50) })
}

// bench runs a graph with one worker and with two.
func bench(b *testing.B, f func(w *world) []*op.Node) {
	w, outs := build(b, op.Float32, f)
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			defer engine.SetWorkers(workers)()
			p := compile(b, w, outs)
			b.ReportAllocs()
			for b.Loop() {
				run(b, p)
			}
			products, _ := p.FLOPs()
			b.ReportMetric(products*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			b.ReportMetric(float64(p.ArenaBytes())/1e6, "arenaMB")
		})
	}
}

func BenchmarkCompileVAE(b *testing.B) {
	defer engine.Unchecked()()
	w, outs := build(b, op.Float32, func(w *world) []*op.Node { return w.vae(100, 784, 500, 20) })
	for b.Loop() {
		compile(b, w, outs)
	}
}
