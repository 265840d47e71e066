package tensorboard_test

import (
	"fmt"
	"image"
	"os"
	"path/filepath"

	"github.com/latentgo/latent/trainers/tensorboard"
)

// A file that is opened again goes on; what was written of steps after the one
// that training goes on from is taken back first.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "events.out.tfevents.latent")
	write := func(from, to int) error {
		w, err := tensorboard.Open(file, tensorboard.Config{})
		if err != nil {
			return err
		}
		defer w.Close()
		if err := w.Rewind(from); err != nil {
			return err
		}
		for step := from + 1; step <= to; step++ {
			if err := w.Scalars(step, map[string]float64{"train/bound": -100 / float64(step), "train/kl": 20}); err != nil {
				return err
			}
		}
		if err := w.Histogram(to, "weights", []float64{-1, 0, .5, 2}); err != nil {
			return err
		}
		return w.Image(to, "drawn", image.NewGray(image.Rect(0, 0, 28, 28)))
	}
	for _, steps := range [][2]int{{0, 3}, {2, 4}} {
		if err := write(steps[0], steps[1]); err != nil {
			fmt.Println(err)
			return
		}
	}
	err = tensorboard.ReadFile(file, func(e tensorboard.Event) error {
		for _, v := range e.Values {
			switch {
			case v.Picture != nil:
				fmt.Println(e.Step, v.Tag, v.Picture.Width, "×", v.Picture.Height)
			case v.Histogram != nil:
				fmt.Println(e.Step, v.Tag, v.Histogram.Count, "numbers from", v.Histogram.Min, "to", v.Histogram.Max)
			default:
				fmt.Println(e.Step, v.Tag, v.Scalar)
			}
		}
		return nil
	})
	fmt.Println(err)
	// Output:
	// 1 train/bound -100
	// 1 train/kl 20
	// 2 train/bound -50
	// 2 train/kl 20
	// 3 train/bound -33.333332
	// 3 train/kl 20
	// 4 train/bound -25
	// 4 train/kl 20
	// 4 weights 4 numbers from -1 to 2
	// 4 drawn 28 × 28
	// <nil>
}
