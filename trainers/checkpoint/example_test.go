package checkpoint_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/checkpoint"
	"github.com/latentgo/latent/trainers/data"
)

// A run of two epochs that is started again for three: it goes on with the third.
func ExampleConfig() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	set, err := data.New(data.FromFlat("x", []float64{1, 2, 3, 4, 5}, 1))
	if err != nil {
		log.Fatal(err)
	}
	for _, epochs := range []int{2, 3} {
		r, err := trainers.Fit(context.Background(), model, set.Batches(data.BatchConfig{Size: 1}), trainers.Config{
			Epochs: epochs,
			OnEpoch: func(e trainers.Epoch) error {
				fmt.Println("epoch", e.Epoch)
				return nil
			},
			Checkpoint: &checkpoint.Config{
				Dir:  dir,
				Save: []checkpoint.When{checkpoint.EveryEpochs(1), checkpoint.EveryTime(10 * time.Minute), checkpoint.OnInterrupt{}},
				Keep: []checkpoint.Which{checkpoint.Last(1), checkpoint.Best{}},
			},
		})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(r.Steps, "steps in all")
	}
	all, err := checkpoint.List(dir)
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range all {
		fmt.Println(filepath.Base(c.Path))
	}
	// Output:
	// epoch 1
	// epoch 2
	// 10 steps in all
	// epoch 3
	// 15 steps in all
	// 000003-step-15
}
