package data_test

import (
	"fmt"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers/data"
)

func ExampleNew() {
	s, err := data.New(
		data.FromRows("x", [][]float64{{0.1, 0.2}, {0.3, 0.4}, {0.5, 0.6}}),
		data.FromFlat("y", []int{0, 1, 1}, 1),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Len(), "rows:", s.Cols("x"), "values and label", s.Values("y"))
	// Output: 3 rows: 2 values and label [0 1 1]
}

func ExampleSet_Batches() {
	b := data.Digits(1, 10).Batches(data.BatchConfig{
		Size: 4, Seed: 1, Map: map[string]data.Transform{"x": data.Binarize},
	})
	fmt.Println(b.Arrays())
	x, y := make([]float32, 4*28*28), make([]float32, 4)
	for e := range 2 {
		for err := b.Seek(e, 0); err == nil && b.Next(); {
			n := len(b.Index("y"))
			if err := b.Fill("x", 0, graph.Array{F32: x[:n*28*28]}); err != nil {
				fmt.Println(err)
			}
			if err := b.Fill("y", 0, graph.Array{F32: y[:n]}); err != nil {
				fmt.Println(err)
			}
			fmt.Println("epoch", e, "rows", b.Index("y"), "digits", y[:n])
		}
	}
	// Output:
	// [{x [28 28]} {y [1]}]
	// epoch 0 rows [1 7 6 8] digits [2 6 0 7]
	// epoch 0 rows [0 4 5 3] digits [5 1 9 4]
	// epoch 0 rows [9 2] digits [3 8]
	// epoch 1 rows [3 4 7 5] digits [4 1 6 9]
	// epoch 1 rows [1 9 6 2] digits [2 3 0 8]
	// epoch 1 rows [0 8] digits [5 7]
}

// A transform of one's own: half of the pictures are mirrored, others in each
// epoch, and then every picture is drawn black and white.
func ExampleTransform() {
	mirror := func(r data.Row) error {
		if r.Rand("mirror").Uint64()%2 == 0 {
			return nil
		}
		height, width := r.Shape[0], r.Shape[1]
		for y := range height {
			for x := range width / 2 {
				left, right := y*width+x, y*width+width-1-x
				v := r.At(left)
				r.Set(left, r.At(right))
				r.Set(right, v)
			}
		}
		return nil
	}
	pictures, err := data.New(data.FromFlat("x", []float64{
		1, 0, 0,
		1, 1, 0}, 2, 3))
	if err != nil {
		fmt.Println(err)
		return
	}
	b := pictures.Batches(data.BatchConfig{Map: map[string]data.Transform{"x": data.Chain(mirror, data.Binarize)}})
	x := make([]float32, 6)
	for e := range 4 {
		for err := b.Seek(e, 0); err == nil && b.Next(); {
			fmt.Println(x, b.Fill("x", 0, graph.Array{F32: x}))
		}
	}
	// Output:
	// [1 0 0 1 1 0] <nil>
	// [1 0 0 1 1 0] <nil>
	// [0 0 1 0 1 1] <nil>
	// [0 0 1 0 1 1] <nil>
}

// A hundred labelled rows beside ten times as many without a label.
func ExampleJoin() {
	all := data.Digits(1, 1100)
	labelled, err := all.Slice(0, 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	unlabelled, err := all.Slice(100, 1100)
	if err != nil {
		fmt.Println(err)
		return
	}
	j := &data.Join{Parts: map[string]data.Batches{
		"labelled":   labelled.Batches(data.BatchConfig{Size: 20, Seed: 1}),
		"unlabelled": unlabelled.Batches(data.BatchConfig{Arrays: []string{"x"}, Size: 100, Seed: 2}),
	}}
	fmt.Println(j.Arrays())
	for err := j.Seek(0, 4); err == nil && j.Next(); {
		fmt.Println(len(j.Index("labelled/x")), "labelled, from", j.Index("labelled/y")[0], "and", len(j.Index("unlabelled/x")), "unlabelled, from", j.Index("unlabelled/x")[0])
	}
	// Output:
	// [{unlabelled/x [28 28]} {labelled/x [28 28]} {labelled/y [1]}]
	// 20 labelled, from 41 and 100 unlabelled, from 221
	// 20 labelled, from 34 and 100 unlabelled, from 437
	// 20 labelled, from 29 and 100 unlabelled, from 945
	// 20 labelled, from 93 and 100 unlabelled, from 757
	// 20 labelled, from 41 and 100 unlabelled, from 723
	// 20 labelled, from 90 and 100 unlabelled, from 383
}

func ExampleDigits() {
	s := data.Digits(1, 100)
	picture := s.Values("x")[:784] // the first row
	for r := 4; r < 24; r += 2 {
		for c := 4; c < 24; c++ {
			fmt.Printf("%c", ".-+#"[int(picture[r*28+c]*3.99)])
		}
		fmt.Println()
	}
	fmt.Println("digit", s.Values("y")[0])
	// Output:
	// ....................
	// ........-+##........
	// .....-#++-..........
	// .....#+.............
	// ....-#-.............
	// ....+######-........
	// ..........-##-......
	// ............##+.....
	// ............-##+....
	// .....+#++--+###+....
	// digit 5
}

func ExampleLoad() {
	s, err := data.Load("testdata/none", data.LoadConfig{})
	fmt.Println(s.Train, err)
	// Output:
	// <nil> data: load testdata/none: folder: open testdata/none: no such file or directory
}

func ExampleRegression() {
	r := data.Regression{
		X:     [][]float64{{1}, {2}, {3}, {10}},
		Y:     []float64{10, 20, 30, 25},
		Tests: [][]int{{3}},
	}
	s, err := r.Split(0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("train %.2f\n", s.Train.Values("x"))
	fmt.Printf("test %.2f, a target of %.0f\n", s.Test.Values("x"), s.Mean+s.Std*float64(s.Test.Values("y")[0]))
	// Output:
	// train [-1.22 0.00 1.22]
	// test [9.80], a target of 25
}
