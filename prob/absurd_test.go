package prob_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/prob"
)

// types has a value of every exported type with methods.
var types = []any{
	prob.Bernoulli{}, prob.Beta{}, prob.Identity{}, prob.Invert{}, prob.Binomial{}, prob.Categorical{}, prob.Cauchy{},
	prob.ContinuousBernoulli{}, prob.Delta{}, prob.Dirichlet{}, prob.DiscretizedLogistic{}, prob.ElementMixture{}, prob.Affine{},
	prob.Reflect{}, prob.Exp{}, prob.Softplus{}, prob.Sigmoid{}, prob.Tanh{}, prob.Power{}, prob.Exponential{}, prob.Gamma{},
	prob.Geometric{}, prob.Gumbel{}, prob.HalfCauchy{}, prob.HalfNormal{}, prob.InverseGamma{}, prob.Laplace{}, prob.Logistic{},
	prob.LogNormal{}, prob.LowRankNormal{}, prob.Mixture{}, prob.Multinomial{}, prob.MultivariateNormal{}, prob.NegativeBinomial{},
	prob.Normal{}, prob.StdNormal(0), prob.OneHot{}, prob.Rising{}, prob.Permutation{}, prob.Poisson{}, prob.RelaxedBernoulli{},
	prob.RelaxedOneHot{}, prob.Softmax{}, prob.LogSoftmax{}, prob.StickBreaking{}, prob.StudentT{}, prob.Support{},
	prob.Transformed{}, prob.LowerCholesky{}, prob.Uniform{}, prob.LogUniform{}, prob.ZeroInflated{},
}

// No function of the package ends in an error of the Go runtime, whatever it
// is given.
func TestAbsurdArguments(t *testing.T) {
	var scope *graph.Scope
	absurd.Sweep{
		Funcs: map[string]any{
			"Chain": prob.Chain, "Checked": prob.Checked, "Constrain": prob.Constrain, "Independent": prob.Independent,
			"HasKL": prob.HasKL, "KLs": prob.KLs, "KL": prob.KL, "MonteCarloKL": prob.MonteCarloKL, "ProductOfExperts": prob.ProductOfExperts, "Masked": prob.Masked,
			"SupportOf": prob.SupportOf, "NameOf": prob.NameOf, "Triangle": prob.Triangle, "CholeskyFactor": prob.CholeskyFactor,
			"DropoutKL": prob.DropoutKL, "DropoutKLCubic": prob.DropoutKLCubic, "DropoutKLSigmoid": prob.DropoutKLSigmoid,
			"NewGaussianMixture": prob.NewGaussianMixture, "NewVampPrior": prob.NewVampPrior, "WithoutInverse": prob.WithoutInverse,
		},
		// Masked and Independent return types of their own, which the pool of
		// laws below takes to all functions.
		Types: types,
		Skip:  map[string]string{"RegisterKL": "it changes the package for good; TestRegisterKLTwice covers what it refuses"},
		Within: func(_ string, call func()) error {
			_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
				scope = s
				s.Output("y", s.Const(1))
				call()
			})
			return err
		},
		Values: func(t reflect.Type) []any {
			var vs []any
			switch t {
			case reflect.TypeFor[*graph.Node]():
				return []any{new(graph.Node), graph.Const(0), graph.Tensor([]float64{1, 0}, 2), graph.Tensor(make([]float64, 4), 2, 2), graph.Tensor(nil, 2, 0)}
			case reflect.TypeFor[*graph.Scope]():
				return []any{&graph.Scope{}, scope, scope.In("a")}
			}
			if t.Kind() != reflect.Interface {
				return nil
			}
			n := graph.Tensor([]float64{1, 0}, 2)
			for _, v := range []any{
				prob.Normal{Mean: n, LogStd: n}, prob.Normal{Mean: n}, (*prob.Normal)(nil), prob.Bernoulli{}, prob.StdNormal(2), prob.StdNormal(-1),
				prob.Categorical{Logits: graph.Tensor(make([]float64, 4), 2, 2)}, prob.Exp{}, prob.Affine{}, (*prob.Affine)(nil), prob.Invert{},
				prob.Rising{}, prob.Permutation{Index: []int{7}}, prob.Transformed{}, prob.Transformed{Base: prob.StdNormal(2), Bijector: prob.Exp{}},
				prob.Masked(nil, n), prob.Masked(prob.Normal{Mean: n, LogStd: n}, nil), prob.Independent(nil, 2), prob.Independent(prob.StdNormal(2), -1),
			} {
				if reflect.TypeOf(v).Implements(t) {
					vs = append(vs, v)
				}
			}
			return vs
		},
		Calls: 40,
	}.Run(t)
}

// Every method of a distribution names the parameter that is nil, whatever it
// does besides: scoring, drawing, moments, entropy.
func TestEveryNilParameterIsNamed(t *testing.T) {
	for _, zero := range types {
		typ := reflect.TypeOf(zero)
		if typ.Kind() != reflect.Struct || typ == reflect.TypeFor[prob.Affine]() || typ == reflect.TypeFor[prob.Support]() {
			continue
		}
		for i := range typ.NumField() {
			field := typ.Field(i)
			if k := field.Type.Kind(); k != reflect.Pointer && k != reflect.Interface || field.Tag.Get("prob") == "optional" {
				continue
			}
			for m := range typ.NumMethod() {
				method := typ.Method(m)
				if method.Type.NumIn() == 1 && method.Type.NumOut() == 0 || method.Name == "Support" && !needsParameters(zero) {
					continue
				}
				_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
					d := reflect.New(typ).Elem()
					n := graph.Tensor(make([]float64, 4), 2, 2)
					for k := range typ.NumField() {
						f := d.Field(k)
						switch {
						case k == i:
						case f.Type() == reflect.TypeFor[*graph.Node]():
							f.Set(reflect.ValueOf(n))
						case f.Type() == reflect.TypeFor[prob.Bijector]():
							f.Set(reflect.ValueOf(prob.Exp{}))
						case f.Kind() == reflect.Interface:
							f.Set(reflect.ValueOf(prob.Normal{Mean: n, LogStd: n}))
						}
					}
					in := []reflect.Value{d}
					for k := 1; k < method.Type.NumIn(); k++ {
						switch method.Type.In(k) {
						case reflect.TypeFor[*graph.Node]():
							in = append(in, reflect.ValueOf(n))
						case reflect.TypeFor[*graph.Scope]():
							in = append(in, reflect.ValueOf(s))
						}
					}
					method.Func.Call(in)
					s.Output("y", s.Const(0))
				})
				want := "prob: " + typ.Name() + ": " + field.Name + " is nil"
				if err == nil || !strings.Contains(err.Error(), want+", want a ") {
					t.Errorf("%s.%s: %v, want %s", typ.Name(), method.Name, err, want)
				}
			}
		}
	}
}

// needsParameters tells whether a law's support is a matter of its parameters.
func needsParameters(d any) bool {
	switch d.(type) {
	case prob.Binomial, prob.Categorical, prob.ElementMixture, prob.Mixture, prob.Multinomial, prob.Uniform, prob.ZeroInflated:
		return true
	}
	return false
}
