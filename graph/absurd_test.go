package graph_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/absurd"
)

// No function of the package ends in an error of the Go runtime, whatever it
// is given.
func TestAbsurdArguments(t *testing.T) {
	var scope *graph.Scope
	params := &graph.Params{}
	program := build(t, &graph.Params{}, func(s *graph.Scope) {
		s.Output("y", s.Input("x", 2).Add(s.Param("w", graph.Constant(1), 2)))
	})
	frozen, err := graph.Freeze(params, graph.Freezing{})
	if err != nil {
		t.Fatal(err)
	}
	absurd.Sweep{
		Funcs: map[string]any{
			"Cholesky": graph.Cholesky, "SolveLower": graph.SolveLower, "SolveLowerT": graph.SolveLowerT, "Const": graph.Const,
			"Tensor": graph.Tensor, "Grad": graph.Grad, "DependsOn": graph.DependsOn, "Einsum": graph.Einsum, "Attention": graph.Attention, "MaskedAttention": graph.MaskedAttention, "MatMul": graph.MatMul, "MatMulT": graph.MatMulT,
			"TMatMul": graph.TMatMul, "Linear": graph.Linear, "Abs": graph.Abs, "Sign": graph.Sign, "Exp": graph.Exp,
			"Expm1": graph.Expm1, "Log": graph.Log, "Log1p": graph.Log1p, "Log1mExp": graph.Log1mExp, "Sqrt": graph.Sqrt,
			"Rsqrt": graph.Rsqrt, "Recip": graph.Recip, "Tanh": graph.Tanh, "Sigmoid": graph.Sigmoid,
			"LogSigmoid": graph.LogSigmoid, "Softplus": graph.Softplus, "Relu": graph.Relu, "LeakyRelu": graph.LeakyRelu,
			"Elu": graph.Elu, "Gelu": graph.Gelu, "Silu": graph.Silu, "Sin": graph.Sin, "Cos": graph.Cos, "Erf": graph.Erf,
			"Erfinv": graph.Erfinv, "Lgamma": graph.Lgamma, "Digamma": graph.Digamma, "Trigamma": graph.Trigamma, "Floor": graph.Floor,
			"Clamp": graph.Clamp, "StopGrad": graph.StopGrad, "IsFinite": graph.IsFinite,
			"Max": graph.Max, "Min": graph.Min,
			"LogAddExp": graph.LogAddExp,
			"Where":     graph.Where, "AddN": graph.AddN, "Enter": graph.Enter, "Fail": graph.Fail, "Sum": graph.Sum, "Mean": graph.Mean,
			"MaxOver": graph.MaxOver, "MinOver": graph.MinOver, "LogSumExp": graph.LogSumExp, "ArgMax": graph.ArgMax,
			"CumSum": graph.CumSum, "Softmax": graph.Softmax, "LogSoftmax": graph.LogSoftmax, "BroadcastTo": graph.BroadcastTo,
			"SumTo": graph.SumTo, "Reshape": graph.Reshape, "ExpandDims": graph.ExpandDims, "Transpose": graph.Transpose,
			"Slice": graph.Slice, "Cols": graph.Cols, "Pad": graph.Pad, "Concat": graph.Concat, "Repeat": graph.Repeat,
			"Take": graph.Take, "Reverse": graph.Reverse, "Gather": graph.Gather, "ScatterAdd": graph.ScatterAdd, "OneHot": graph.OneHot,
			"Diag": graph.Diag, "DiagPart": graph.DiagPart, "Tril": graph.Tril, "Dawson": graph.Dawson,
			"DawsonIntegral": graph.DawsonIntegral, "NormalCDF": graph.NormalCDF, "LogNormalCDF": graph.LogNormalCDF,
			"Lbeta": graph.Lbeta, "GammaP": graph.GammaP, "GammaQ": graph.GammaQ, "BetaI": graph.BetaI, "BetaIc": graph.BetaIc,
			"LogDetCholesky": graph.LogDetCholesky, "Build": graph.Build, "BuildTraining": graph.BuildTraining, "Freeze": graph.Freeze, "BuildInitialising": graph.BuildInitialising,
			"Conv1D": graph.Conv1D, "Conv2D": graph.Conv2D, "ConvTranspose1D": graph.ConvTranspose1D, "ConvTranspose2D": graph.ConvTranspose2D,
			"SumPool2D": graph.SumPool2D, "AvgPool2D": graph.AvgPool2D, "MaxPool2D": graph.MaxPool2D, "Split": graph.Split,
			"Labels": graph.Labels, "Apply": graph.Apply, "CustomGrad": graph.CustomGrad, "FromGorgonia": graph.FromGorgonia, "Scan": graph.Scan, "Size": graph.Size, "NewDependence": graph.NewDependence, "Squeeze": graph.Squeeze,
			"Values": graph.Values[float32], "Memory": graph.Memory[float32], "Feed": graph.Feed[float32], "Read": graph.Read[float64], "View": graph.View[float32], "WriteONNX": graph.WriteONNX,
		},
		Types: []any{
			graph.Scope{}, graph.Params{}, graph.Frozen{}, graph.Program{}, graph.Random{}, graph.Glorot{}, graph.He{}, graph.LeCun{},
			graph.Gaussian{}, graph.Constant(0), graph.Orthogonal{}, graph.NonFinite{}, graph.Dependence{}, graph.Mapping{}, graph.Node{},
		},
		Skip: map[string]string{"Fail": "its text is the caller's"},
		Bare: []string{"Gaussian.Fill", "Glorot.Fill", "He.Fill", "LeCun.Fill", "Orthogonal.Fill"}, // the parameter is named above
		Within: func(name string, call func()) error {
			if strings.Contains(name, "Build") {
				call()
				return nil
			}
			_, err := graph.Build(params, func(s *graph.Scope) {
				scope = s
				s.Output("y", s.Const(1))
				call()
			})
			return err
		},
		Values: func(t reflect.Type) []any {
			switch t {
			case reflect.TypeFor[*graph.Node]():
				if scope == nil {
					return nil
				}
				return []any{new(graph.Node), graph.Const(1), graph.Tensor([]float64{1, 0}, 2), graph.Tensor(make([]float64, 6), 2, 3), graph.Tensor(nil, 2, 0)}
			case reflect.TypeFor[*graph.Scope]():
				return []any{&graph.Scope{}, scope}
			case reflect.TypeFor[*graph.Params]():
				return []any{&graph.Params{}, params}
			case reflect.TypeFor[*graph.Frozen]():
				return []any{&graph.Frozen{}, frozen}
			case reflect.TypeFor[*graph.Program]():
				return []any{&graph.Program{}, program}
			case reflect.TypeFor[graph.Init]():
				return []any{graph.Glorot{}, graph.Constant(1), graph.Orthogonal{}, (*graph.Gaussian)(nil)}
			}
			return nil
		},
	}.Run(t)
}
