// Package tape is the vae workload of bench/speed written with Gorgonia's own
// operations, gradient, AdamSolver and TapeMachine.
package tape

import (
	"math/rand/v2"

	"github.com/pkg/errors"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// VAE is a training step of the network 784-500-500-20 with tanh units.
type VAE struct {
	vm     gorgonia.VM
	solver gorgonia.Solver
	params []gorgonia.ValueGrad
	noise  []float32
	rand   *rand.Rand
}

const batch, latent = 100, 20

// New builds the graph and its machine.
func New() (v *VAE, err error) {
	defer func() { // gorgonia.Must
		if r := recover(); r != nil {
			err = errors.Errorf("tape: %v", r)
		}
	}()
	must := func(n *gorgonia.Node, err error) *gorgonia.Node { return gorgonia.Must(n, err) }
	g := gorgonia.NewGraph()
	v = &VAE{rand: rand.New(rand.NewPCG(1, 2)), noise: make([]float32, batch*latent), solver: gorgonia.NewAdamSolver()}
	var learn gorgonia.Nodes
	param := func(name string, init gorgonia.InitWFn, shape ...int) *gorgonia.Node {
		n := gorgonia.NewTensor(g, tensor.Float32, len(shape), gorgonia.WithShape(shape...), gorgonia.WithName(name), gorgonia.WithInit(init))
		learn = append(learn, n)
		return n
	}
	dense := func(name string, x *gorgonia.Node, in, out int) *gorgonia.Node {
		y := must(gorgonia.Mul(x, param(name+".w", gorgonia.GlorotU(1), in, out)))
		return must(gorgonia.BroadcastAdd(y, param(name+".b", gorgonia.Zeroes(), 1, out), nil, []byte{0}))
	}
	hidden := func(name string, x *gorgonia.Node, in, out int) *gorgonia.Node {
		return must(gorgonia.Tanh(dense(name, x, in, out)))
	}
	pixels := make([]float32, batch*784)
	for i := range pixels {
		if v.rand.Float32() < .13 {
			pixels[i] = 1
		}
	}
	x := gorgonia.NewMatrix(g, tensor.Float32, gorgonia.WithName("x"), gorgonia.WithShape(batch, 784),
		gorgonia.WithValue(tensor.New(tensor.WithShape(batch, 784), tensor.WithBacking(pixels))))
	eps := gorgonia.NewMatrix(g, tensor.Float32, gorgonia.WithName("eps"), gorgonia.WithShape(batch, latent),
		gorgonia.WithValue(tensor.New(tensor.WithShape(batch, latent), tensor.WithBacking(v.noise))))

	h := hidden("e2", hidden("e1", x, 784, 500), 500, 500)
	mean, logStd := dense("mean", h, 500, latent), dense("logstd", h, 500, latent)
	z := must(gorgonia.Add(mean, must(gorgonia.HadamardProd(must(gorgonia.Exp(logStd)), eps))))
	logits := dense("d3", hidden("d2", hidden("d1", z, latent, 500), 500, 500), 500, 784)
	fit := must(gorgonia.Sum(must(gorgonia.Sub(must(gorgonia.HadamardProd(x, logits)), must(gorgonia.Softplus(logits))))))
	half, two := gorgonia.NewConstant(float32(.5)), gorgonia.NewConstant(float32(2))
	variance := must(gorgonia.Exp(must(gorgonia.HadamardProd(logStd, two))))
	squares := must(gorgonia.HadamardProd(must(gorgonia.Add(must(gorgonia.Square(mean)), variance)), half))
	kl := must(gorgonia.Sum(must(gorgonia.Sub(squares, logStd))))
	cost := must(gorgonia.Div(must(gorgonia.Sub(kl, fit)), gorgonia.NewConstant(float32(batch))))
	if _, err := gorgonia.Grad(cost, learn...); err != nil {
		return nil, errors.Wrap(err, "tape")
	}
	v.params = gorgonia.NodesToValueGrads(learn)
	v.vm = gorgonia.NewTapeMachine(g, gorgonia.BindDualValues(learn...))
	return v, nil
}

// Step draws noise, runs the machine and updates the parameters.
func (v *VAE) Step() error {
	for i := range v.noise {
		v.noise[i] = float32(v.rand.NormFloat64())
	}
	if err := v.vm.RunAll(); err != nil {
		return errors.Wrap(err, "tape")
	}
	if err := v.solver.Step(v.params); err != nil {
		return errors.Wrap(err, "tape")
	}
	v.vm.Reset()
	return nil
}

// Close releases the machine.
func (v *VAE) Close() error { return v.vm.Close() }
