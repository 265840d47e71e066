package graph_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
)

// A scalar function, its gradient and, as a gradient is a graph again, its
// second derivative along the diagonal: f(w) = Σ wᵢ³xᵢ.
func Example() {
	params := &graph.Params{Dtype: graph.Float64}
	p, err := graph.Build(params, func(s *graph.Scope) {
		x := s.Input("x", 3)
		w := s.Param("w", graph.Constant(2), 3)
		f := graph.Sum(w.Pow(s.Const(3)).Mul(x))
		grad := graph.Grad(f, s.Trainable())[0]
		curvature := graph.Grad(graph.Sum(grad), s.Trainable())[0]
		s.Output("f", f)
		s.Output("gradient", grad)
		s.Output("curvature", curvature)
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := graph.Feed(p, "x", []float64{1, 10, 100}); err != nil {
		log.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		log.Fatal(err)
	}
	for _, name := range p.Outputs() {
		v, err := p.Value(name)
		fmt.Println(name, v, err)
	}
	// Output:
	// f [888] <nil>
	// gradient [12 120 1200] <nil>
	// curvature [12 120 1200] <nil>
}

// A mistake while building is an error that says where it happened.
func ExampleBuild_error() {
	_, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		x := s.Input("x", 100, 2)
		enc := s.In("enc")
		defer enc.Enter()()
		graph.MatMul(x, enc.Param("w", graph.Glorot{}, 3, 5))
	})
	fmt.Println(err)
	// Output: in enc: graph: matmul a·b: shapes [100 2] and [3 5]: inner sizes differ
}

// Scan is a recurrence over time: here sums that forget, sₜ = ½sₜ₋₁ + xₜ, and the
// derivative of the last one by each xₜ.
func ExampleScan() {
	p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		x := s.Input("x", 4)
		last, all := graph.Scan(graph.Loop{}, []*graph.Node{s.Const(0)}, []*graph.Node{x}, func(sum, x []*graph.Node) (next, outs []*graph.Node) {
			y := sum[0].Scale(.5).Add(x[0])
			return []*graph.Node{y}, []*graph.Node{y}
		})
		s.Output("sums", all[0])
		s.Output("gradient", graph.Grad(last[0], []*graph.Node{x})[0])
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := graph.Feed(p, "x", []float32{8, 0, 0, 1}); err != nil {
		log.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		log.Fatal(err)
	}
	for _, name := range p.Outputs() {
		v, err := p.Value(name)
		fmt.Println(name, v, err)
	}
	// Output:
	// sums [8 4 2 2] <nil>
	// gradient [0.125 0.25 0.5 1] <nil>
}

// Grad treats a held node as a constant: here z, so that only the direct
// dependence on x counts.
func ExampleGrad_hold() {
	p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		x := s.Tensor([]float64{3})
		z := x.Square()
		cost := z.Mul(x) // x³
		s.Output("through_z", graph.Grad(cost, []*graph.Node{x})[0])
		s.Output("z_held", graph.Grad(cost, []*graph.Node{x}, z)[0])
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := p.Run(context.Background(), graph.Key{}); err != nil {
		log.Fatal(err)
	}
	for _, name := range p.Outputs() {
		v, _ := p.Value(name)
		fmt.Println(name, v)
	}
	// Output:
	// through_z [27]
	// z_held [9]
}

// A decoder that was trained elsewhere, and its layers kept in half precision: the
// file has weights [out,in] under the names of its modules, and more than is asked
// for.
func ExampleMapping() {
	params := &graph.Params{}
	declare := func(s *graph.Scope) {
		s.Output("w", layers.NewDense(s.In("dec").In("0"), 4, 6).W)
	}
	if _, err := graph.Build(params, declare); err != nil {
		fmt.Println(err)
		return
	}
	left, err := graph.Mapping{
		Prefix:  "body.",
		Scope:   "dec",
		Names:   []graph.Rename{{From: "*.weight", To: "*/w", Perm: []int{1, 0}}, {From: "*.bias", To: "*/b"}},
		Partial: true,
		Cast:    true,
	}.Load(params, "testdata/weights/torch-f16.safetensors")
	fmt.Println(len(left.File), "arrays are left, and", len(left.Params), "parameters:", err)
	_, err = graph.Mapping{Prefix: "body.0.", Scope: "dec/0", Names: []graph.Rename{{From: "weight", To: "w"}, {From: "bias", To: "b"}}}.Load(params, "testdata/weights/torch-f16.safetensors")
	fmt.Println(err)
	// Output:
	// 7 arrays are left, and 0 parameters: <nil>
	// graph: load testdata/weights/torch-f16.safetensors: parameter dec/0/b (body.0.bias in the file): dtype F16, want float32; Mapping.Cast converts
}

// A network is written for ONNX Runtime: its input and its outputs keep their
// names, its parameters are in the file.
func ExampleWriteONNX() {
	p, err := graph.Build(&graph.Params{}, func(s *graph.Scope) {
		x := s.Input("x", 1, 3)
		s.Output("y", graph.Sigmoid(layers.NewMLP(s.In("net"), 3, 4, 2).Apply(x)))
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := os.Create(filepath.Join(os.TempDir(), "net.onnx"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.Remove(f.Name())
	err = graph.WriteONNX(f, p)
	size, _ := f.Seek(0, io.SeekCurrent)
	fmt.Println(size, "bytes,", f.Close(), err)
	// In Python: onnxruntime.InferenceSession("net.onnx").run(["y"], {"x": [[1, 2, 3]]})

	// Output: 514 bytes, <nil> <nil>
}
