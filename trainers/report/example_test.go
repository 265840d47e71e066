package report_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/trainers/report"
	"github.com/latentgo/latent/trainers/tensorboard"
	"github.com/latentgo/latent/vi"
)

// points are some numbers, and normal a model of them.
func points(size int) data.Batches {
	s, err := data.New(data.FromFlat("x", []float64{1, 2, 3, 4}, 1))
	if err != nil {
		panic(err)
	}
	return s.Batches(data.BatchConfig{Size: size})
}

func normal(s *graph.Scope, d vi.Data) *vi.Estimate {
	m := s.Param("m", graph.Constant(0), 1)
	return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
		t.Draw("x", prob.Normal{Mean: m, LogStd: s.Const(0)})
	}}, d)
}

// The numbers of a fit are written as JSON lines and for TensorBoard.
func ExampleLog() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	lines, err := report.OpenJSONL(filepath.Join(dir, "metrics.jsonl"))
	if err != nil {
		fmt.Println(err)
		return
	}
	events, err := tensorboard.Open(filepath.Join(dir, "events.out.tfevents.latent"), tensorboard.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	log := &report.Log{To: []report.Sink{lines, events}, Every: 2, GradNorms: []string{"^m$"}}
	_, err = trainers.Fit(context.Background(), normal, points(2), trainers.Config{Epochs: 2, OnStep: log.OnStep, OnEpoch: log.OnEpoch})
	if err := errors.Join(err, lines.Close(), events.Close()); err != nil {
		fmt.Println(err)
		return
	}
	err = report.ReadJSONL(filepath.Join(dir, "metrics.jsonl"), func(step int, values map[string]float64) error {
		_, of := values["step/grad_norm/^m$"]
		fmt.Println("step", step, "epoch", values["epoch"], "with the norm of a group:", of)
		return nil
	})
	fmt.Println(err)
	// Output:
	// step 2 epoch 0 with the norm of a group: true
	// step 2 epoch 1 with the norm of a group: false
	// step 4 epoch 0 with the norm of a group: true
	// step 4 epoch 2 with the norm of a group: false
	// <nil>
}

// Without a terminal there is a line for every epoch; NewProgress finds out.
func ExampleProgress() {
	now := time.Unix(0, 0)
	clock := func() time.Time { now = now.Add(time.Second); return now }
	shown := &report.Progress{To: os.Stdout, Unit: "points", Clock: clock}
	defer shown.Close()
	_, err := trainers.Fit(context.Background(), normal, points(2), trainers.Config{
		Epochs: 3, Optimizer: trainers.SGD{Rate: .5}, Test: points(0), Clock: clock, OnStep: shown.OnStep, OnEpoch: shown.OnEpoch,
	})
	fmt.Println(err)
	// Output:
	// epoch 1/3: bound -3.50, test bound -1.74, 1 points/s, 12s left
	// epoch 2/3: bound -1.67, test bound -1.56, 1 points/s, 5s left
	// epoch 3/3: bound -1.88, test bound -1.59, 1 points/s
	// <nil>
}
