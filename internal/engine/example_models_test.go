package engine_test

import (
	"math"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// models are whole training graphs.
var models = map[string]func(w *world) []*op.Node{
	"vae":  func(w *world) []*op.Node { return w.vae(100, 300, 200, 20) },
	"iwae": func(w *world) []*op.Node { return w.iwae(30, 20, 100, 80, 10) },
	"iaf":  func(w *world) []*op.Node { return w.iaf(60, 50, 90, 3) },
	"bnn":  func(w *world) []*op.Node { return w.bnn(32, 13, 50) },
	"misc": func(w *world) []*op.Node { return w.misc() },
}

// iwae has k samples of each datum and the bound's log-sum over them.
func (w *world) iwae(k, batch, data, hidden, latent int) []*op.Node {
	x := w.set(w.in("x", batch, data), func(i int) float64 { return float64(i * i % 2) })
	h := w.dense("e1", x, hidden, graph.Tanh)
	mean, logStd := w.dense("mean", h, latent, nil), w.dense("std", h, latent, nil).Scale(.1)
	eps := w.in("noise", k, batch, latent)
	z := graph.Exp(logStd).Mul(eps).Add(mean)
	logits := w.dense("d2", w.dense("d1", z, hidden, graph.Tanh), data, nil)
	logp := graph.Sum(x.Mul(logits).Sub(graph.Softplus(logits)), -1)
	prior := graph.Sum(z.Square(), -1).Scale(-.5)
	q := graph.Sum(z.Sub(mean).Div(graph.Exp(logStd)).Square().Scale(-.5).Sub(logStd), -1)
	logw := logp.Add(prior).Sub(q)
	bound := graph.Mean(graph.LogSumExp(logw, 0))
	weights := graph.Exp(logw.Sub(graph.ExpandDims(graph.LogSumExp(logw, 0), 0)))
	return append([]*op.Node{bound, weights}, graph.Grad(bound, w.params)...)
}

// iaf is a flow of masked linear steps.
func (w *world) iaf(batch, dim, hidden, steps int) []*op.Node {
	z := w.in("z", batch, dim)
	context := w.in("context", batch, hidden)
	logDet := graph.Sum(z.Square().Scale(-.5), -1)
	for i := range steps {
		masked := func(name string, in, out int) *op.Node {
			m := make([]float64, in*out)
			for k := range m {
				if k/out*out < k%out*in {
					m[k] = 1 / math.Sqrt(float64(in))
				}
			}
			wt := w.in(name, in, out)
			w.params = append(w.params, wt)
			return wt.Mul(w.Tensor([]int{in, out}, m))
		}
		name := string(rune('a' + i))
		h := graph.Elu(graph.MatMul(z, masked(name+"1", dim, hidden)).Add(context))
		m := graph.MatMul(h, masked(name+"2", hidden, dim))
		s := graph.Sigmoid(graph.MatMul(h, masked(name+"3", hidden, dim)).Shift(1))
		z = graph.Reverse(s.Mul(z).Add(s.Neg().Shift(1).Mul(m)), -1)
		logDet = logDet.Sub(graph.Sum(graph.Log(s), -1))
	}
	loss := graph.Mean(logDet.Add(graph.Sum(z.Square(), -1).Scale(.5)))
	return append([]*op.Node{loss, z}, graph.Grad(loss, w.params)...)
}

// misc has every rule with a loop of its own.
func (w *world) misc() []*op.Node {
	x := w.in("x", 40, 30)
	at := w.set(w.in("at", 50), func(i int) float64 { return float64(i % 40) })
	rows := graph.Gather(x, at)
	y := graph.Concat(1, graph.Pad(graph.Slice(rows, 1, 3, 20), 1, 1, 2), graph.Reverse(rows, 1))
	y = y.Add(graph.Tril(graph.MatMulT(y, graph.Take(y, 0, make([]int, 50))), 0))
	y = graph.CumSum(y, 1).Mul(graph.Transpose(graph.Transpose(y, 1, 0), 1, 0).Shift(.5))
	y = y.Scale(1e-3).Add(graph.OneHot(at, 50))
	loss := graph.Mean(graph.LogSumExp(y, -1).Add(graph.LogSumExp(graph.Transpose(y, 1, 0), 0)))
	loss = loss.Sub(graph.Mean(graph.Sum(graph.Sin(x).Mul(graph.LogSoftmax(x)), -1)))
	loss = loss.Add(graph.Mean(graph.MaxOver(graph.Softmax(graph.Reshape(x, 40, 3, 10)), -1)))
	loss = loss.Add(graph.Mean(graph.DiagPart(graph.MatMul(graph.Diag(y), graph.BroadcastTo(y, 50, 50, 50))).Square()))
	return append([]*op.Node{loss, graph.ArgMax(y, -1)}, graph.Grad(loss, []*op.Node{x})...)
}

func TestModels(t *testing.T) {
	for name, f := range models {
		t.Run(name, func(t *testing.T) { both(t, f) })
	}
}
