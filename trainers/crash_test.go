package trainers_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"syscall"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/crashfs"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/checkpoint"
	"github.com/latentgo/latent/trainers/data"
)

// short is a run of one parameter, with a checkpoint at every step and epoch, of
// which the last two and the best are kept. It returns all that it comes to.
func short(t testing.TB, fs checkpoint.FS, conf func(*checkpoint.Config)) (string, error) {
	t.Helper()
	c := trainers.Config{
		Params: &graph.Params{Seed: 1}, Epochs: 3, Seed: 2, Average: &trainers.Average{}, Clock: steady(), Test: set(t, 2).Batches(data.BatchConfig{}),
		Watch: []trainers.Watcher{&trainers.Cliff{Fall: 9, Retries: 1}, &trainers.EarlyStopping{Params: &graph.Params{}}},
	}
	if fs != nil {
		c.Checkpoint = &checkpoint.Config{
			Dir: "run", FS: fs, Keep: []checkpoint.Which{checkpoint.Last(2), checkpoint.Best{}},
			Save: []checkpoint.When{checkpoint.EverySteps(1), checkpoint.EveryEpochs(1), checkpoint.OnInterrupt{}, checkpoint.OnError{}},
		}
		if conf != nil {
			conf(c.Checkpoint)
		}
	}
	x, err := data.New(data.FromFlat("x", []float64{1, 2, 3, 4, 5}, 1))
	if err != nil {
		t.Fatal(err)
	}
	r, err := trainers.Fit(context.Background(), mean, x.Batches(data.BatchConfig{Size: 3, Seed: 1}), c)
	out := ""
	for i := range r.Epochs {
		e := r.Epochs[i]
		e.Seconds, e.ExamplesPerSecond = 0, 0
		out += fmt.Sprint(e)
	}
	for _, w := range c.Watch {
		state, err := w.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		out += string(state)
	}
	for _, p := range []*graph.Params{r.Params, r.Average} {
		if p != nil {
			for _, name := range p.Names() {
				out += fmt.Sprintf(" %s %x", name, bitsOf(elements(t, p, name)))
			}
		}
	}
	return out, err
}

// newest opens the folder as a run does.
func newest(t testing.TB, fs checkpoint.FS) (checkpoint.Info, map[string][]byte) {
	t.Helper()
	s, err := (&checkpoint.Config{Dir: "run", FS: fs}).Open()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	i, files, err := s.Load()
	if err != nil {
		t.Fatal(err)
	}
	return i, files
}

// The machine stops before every operation of a run. What is found then is a
// checkpoint as it was written, no older than the last that was flushed, and going
// on from it comes to what the whole run does.
func TestRunSurvivesEveryCrash(t *testing.T) {
	whole, err := short(t, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(5, 6))
	draws := 3
	if os.Getenv("LATENT_SWEEP") != "" {
		draws = 40
	}
	disk := &crashfs.FS{}
	least, points := 0, 0
	written := map[string]string{} // what each checkpoint was seen to be
	resumed := map[string]bool{}
	disk.Each = func(crashfs.Operation) error {
		for i := range draws + 2 {
			loss := min(crashfs.Loss(i), crashfs.Some)
			after := disk.Crash(loss, random)
			info, files := newest(t, after)
			points++
			if info.Number < least {
				t.Fatalf("checkpoint %d was flushed, %d is found", least, info.Number)
			}
			if loss == crashfs.All {
				least = info.Number
			}
			text := ""
			for _, name := range slices.Sorted(keysOf(files)) {
				text += name + string(files[name])
			}
			if was, ok := written[info.Path]; ok && was != text {
				t.Fatalf("%s is another one than it was", info.Path)
			}
			if written[info.Path] = text; !resumed[info.Path] {
				resumed[info.Path] = true
				if got, err := short(t, after, nil); err != nil || got != whole {
					t.Fatalf("from %q: error %v\n%s\nwant\n%s", info.Path, err, got, whole)
				}
			}
		}
		return nil
	}
	if got, err := short(t, disk, nil); err != nil || got != whole {
		t.Fatalf("error %v\n%s\nwant\n%s", err, got, whole)
	}
	if least != 9 || len(resumed) != 10 || points < 1000 {
		t.Errorf("%d checkpoints were flushed, runs went on from %d, %d crashes", least, len(resumed), points)
	}
}

func keysOf(m map[string][]byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// Every operation of a run fails, once or from then on. The run says so, or goes on
// where that is allowed; and the next one comes to the end.
func TestRunSurvivesEveryFault(t *testing.T) {
	whole, err := short(t, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	faults := []error{syscall.ENOSPC, syscall.EIO, io.ErrShortWrite}
	step, operations := 1, 0
	if os.Getenv("LATENT_SWEEP") == "" {
		step = 11
	}
	for n := 0; ; n += step {
		fault, lasting, goOn := faults[n%3], n/3%2 == 0, n/6%2 == 0
		asked := 0
		disk := &crashfs.FS{Each: func(o crashfs.Operation) error {
			operations = max(operations, o.Number)
			if o.Number == n || lasting && o.Number > n {
				return fault
			}
			return nil
		}}
		got, err := short(t, disk, func(c *checkpoint.Config) {
			if goOn {
				c.Failed = func(error) error { asked++; return nil }
			}
		})
		if err != nil && !errors.Is(err, fault) {
			t.Fatalf("operation %d: error %v, want %v", n, err, fault)
		}
		if err == nil && got != whole {
			t.Fatalf("operation %d: the run goes on to\n%s\nwant\n%s", n, got, whole)
		}
		if goOn && asked > 0 && err != nil {
			t.Fatalf("operation %d: error %v of a run that was to go on", n, err)
		}
		disk.Each = nil
		for _, loss := range []crashfs.Loss{crashfs.All, crashfs.None} {
			if got, err := short(t, disk.Crash(loss, nil), nil); err != nil || got != whole {
				t.Fatalf("after operation %d: error %v\n%s\nwant\n%s", n, err, got, whole)
			}
		}
		if n > operations {
			break
		}
	}
	if operations < 100 {
		t.Errorf("only %d operations", operations)
	}
}
