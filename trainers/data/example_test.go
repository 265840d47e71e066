package data_test

import (
	"fmt"

	"github.com/latentgo/latent/trainers/data"
)

func ExampleNew() {
	s, err := data.New(
		data.Rows("x", [][]float64{{0.1, 0.2}, {0.3, 0.4}, {0.5, 0.6}}),
		data.Flat("y", 1, []int{0, 1, 1}),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Len(), "rows:", s.Cols("x"), "values and label", s.Values("y"))
	// Output: 3 rows: 2 values and label [0 1 1]
}

func ExampleBatches() {
	b, err := data.NewBatches(data.Digits(1, 10), data.BatchConfig{Size: 4, Seed: 1, Binarize: data.EachEpoch})
	if err != nil {
		fmt.Println(err)
		return
	}
	x, y := make([]float32, 4*784), make([]float32, 4)
	for e := range 2 {
		for b.Seek(e, 0); b.Next(); {
			n := len(b.Rows())
			if err := b.Float32("x", x[:n*784]); err != nil {
				fmt.Println(err)
			}
			if err := b.Float32("y", y[:n]); err != nil {
				fmt.Println(err)
			}
			fmt.Println("epoch", e, "rows", b.Rows(), "digits", y[:n])
		}
	}
	// Output:
	// epoch 0 rows [1 7 6 8] digits [2 6 0 7]
	// epoch 0 rows [0 4 5 3] digits [5 1 9 4]
	// epoch 0 rows [9 2] digits [3 8]
	// epoch 1 rows [3 4 7 5] digits [4 1 6 9]
	// epoch 1 rows [1 9 6 2] digits [2 3 0 8]
	// epoch 1 rows [0 8] digits [5 7]
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
