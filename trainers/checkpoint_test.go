package trainers_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/crashfs"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/checkpoint"
)

// A run that is interrupted after any step, and again and again, comes to the same
// as one that was not, bit for bit: parameters, states, averages, metrics, order of
// the batches, noise, what the callbacks are told and keep.
func TestResumedRunIsTheSame(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		whole, err := long{dt: dt, epochs: 4}.run(t)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := long{dt: dt, epochs: 4, fs: &crashfs.FS{}}.run(t)
		if err != nil || kept.result != whole.result || !slices.Equal(kept.told, whole.told) {
			t.Fatalf("%v: checkpoints change the run: %v %s", dt, err, whole.diff(kept))
		}
		for at := 1; at < 4*longBatches; at++ {
			if os.Getenv("LATENT_SWEEP") == "" && at != 3 && at != longBatches {
				continue
			}
			again(t, long{dt: dt, epochs: 4, fs: &crashfs.FS{}}, whole, func(n int) int { return max(0, at-n*1000) })
		}
		for _, every := range []int{7, 3, 1} {
			if os.Getenv("LATENT_SWEEP") == "" && every < 7 {
				break
			}
			again(t, long{dt: dt, epochs: 4, fs: &crashfs.FS{}}, whole, func(int) int { return every })
		}
	}
}

// again runs until the end, cancelled in run n after cancel(n) steps.
func again(t *testing.T, l long, whole end, cancel func(n int) int) {
	t.Helper()
	var told []string
	for n := 0; n < 100; n++ {
		l.cancel = cancel(n)
		runtime.GOMAXPROCS(1 + n%2)
		e, err := l.run(t)
		runtime.GOMAXPROCS(runtime.NumCPU())
		told = append(told, e.told...)
		if err == nil {
			if e.result != whole.result || !slices.Equal(told, whole.told) {
				t.Fatalf("cancelled after %d steps: %s", cancel(0), whole.diff(end{result: e.result, told: told}))
			}
			return
		}
		if !errors.Is(err, trainers.ErrInterrupted) {
			t.Fatal(err)
		}
	}
	t.Fatal("the run does not come to its end")
}

// Three epochs and then three more are six; a run that has ended stays as it is.
func TestMoreEpochs(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		whole, err := long{dt: dt, epochs: 6}.run(t)
		if err != nil {
			t.Fatal(err)
		}
		l := long{dt: dt, epochs: 3, fs: &crashfs.FS{}}
		half, err := l.run(t)
		if err != nil {
			t.Fatal(err)
		}
		same, err := l.run(t)
		if err != nil || same.result != half.result || same.told != nil {
			t.Errorf("a run that has ended: error %v, told %v", err, same.told)
		}
		l.epochs = 6
		rest, err := l.run(t)
		if err != nil || rest.result != whole.result || !slices.Equal(append(half.told, rest.told...), whole.told) {
			t.Errorf("%v: 3 epochs and 3 more differ: %v %s", dt, err, cmp.Diff(whole.result, rest.result))
		}
		l.epochs = 2
		if _, err := l.run(t); err == nil || !strings.Contains(err.Error(), "Epochs is 2, and the run has come to batch 0 of epoch 7") {
			t.Errorf("fewer epochs: error %v", err)
		}
	}
}

// What is interrupted while an epoch is told of, or evaluated, is told of again, and
// Stop is the end of a run.
func TestResumeWithinTheEndOfAnEpoch(t *testing.T) {
	whole, err := long{dt: graph.Float32, epochs: 4}.run(t)
	if err != nil {
		t.Fatal(err)
	}
	fs := &crashfs.FS{}
	for _, at := range []int{1, 3} {
		failed, tells := errors.New("no"), 0
		e, err := long{dt: graph.Float32, epochs: 4, fs: fs, fit: func(c *trainers.Config) {
			next := c.OnEpoch
			c.OnEpoch = func(e trainers.Epoch) error {
				err := next(e) // which changes the State
				if tells++; e.Epoch == at {
					return failed
				}
				return err
			}
		}}.run(t)
		if !errors.Is(err, failed) {
			t.Fatalf("error %v", err)
		}
		if n := strings.Count(strings.Join(e.told, "\n"), fmt.Sprintf("epoch %d:", at)); n != 1 {
			t.Errorf("epoch %d is told of %d times before the break", at, n)
		}
	}
	rest, err := long{dt: graph.Float32, epochs: 4, fs: fs}.run(t)
	if err != nil || rest.result != whole.result || !strings.HasPrefix(rest.told[0], "epoch 3:") {
		t.Errorf("error %v, told first %.20s, %s", err, rest.told[0], cmp.Diff(whole.result, rest.result))
	}

	fs = &crashfs.FS{}
	stops := long{dt: graph.Float32, epochs: 4, fs: fs, fit: func(c *trainers.Config) {
		next := c.OnEpoch
		c.OnEpoch = func(e trainers.Epoch) error {
			if err := next(e); err != nil || e.Epoch != 2 {
				return err
			}
			return trainers.Stop
		}
	}}
	first, err := stops.run(t)
	if err != nil {
		t.Fatal(err)
	}
	second, err := stops.run(t)
	if err != nil || second.result != first.result || second.told != nil {
		t.Errorf("after Stop: error %v, told %v", err, second.told)
	}
	stops.conf = func(c *checkpoint.Config) { c.Changed = []string{"Stop"} }
	third, err := stops.run(t)
	if err != nil || third.result != whole.result {
		t.Errorf("Stop changed: error %v, %s", err, cmp.Diff(whole.result, third.result))
	}
}
