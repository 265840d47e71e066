package trainers_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/crashfs"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/checkpoint"
)

// watchedRun is a run that leaves its first step out, goes back to its second epoch
// amid the third and to its fourth at the end of the fifth, and is ended by
// EarlyStopping after the eighth of nine.
func watchedRun(t *testing.T, dt graph.Dtype) (long, end) {
	t.Helper()
	l := long{dt: dt, epochs: 9, watched: true}
	whole, err := l.run(t)
	if err != nil {
		t.Fatal(err)
	}
	falls := ""
	for _, f := range whole.watch[0].(*trainers.Cliff).Falls() {
		falls += fmt.Sprintf("%d to %d: %.12s; ", f.Epoch, f.Back, f.Why)
	}
	best := whole.watch[1].(*trainers.EarlyStopping)
	at, _ := best.Best()
	if falls != "3 to 2: the bound is; 5 to 4: bound is -8.; " || !best.Stopped() || at != 7 || !strings.HasPrefix(whole.told[0], "1 1 5 1 10 the bound is -Inf") {
		t.Fatalf("falls %s stopped %v, the best epoch is %d, told first %.40s", falls, best.Stopped(), at, whole.told[0])
	}
	return l, whole
}

// A run that is interrupted again and again comes to the same as one that was not,
// bit for bit, when steps are left out, epochs are abandoned and what watches ends
// it: what the watchers remember, the parameters that they keep, the norms of
// gradients and the shares of steps among it.
func TestWatchedRunResumedIsTheSame(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		l, whole := watchedRun(t, dt)
		l.fs = &crashfs.FS{}
		kept, err := l.run(t)
		if err != nil || kept.result != whole.result || !slices.Equal(kept.told, whole.told) {
			t.Fatalf("%v: checkpoints change the run: %v %s", dt, err, whole.diff(kept))
		}
		for _, every := range []int{3, 1, 2, 7} {
			if os.Getenv("LATENT_SWEEP") == "" && every != 3 {
				break
			}
			l.fs = &crashfs.FS{}
			again(t, l, whole, func(int) int { return every })
		}
		for at := 1; at < 37 && os.Getenv("LATENT_SWEEP") != ""; at++ {
			l.fs = &crashfs.FS{}
			again(t, l, whole, func(n int) int { return max(0, at-n*1000) })
		}
	}
}

// An OnEpoch that fails is told of the epoch again, of which the watchers are told
// once, be it one that they went back from or ended the fit with. A run that they
// ended stays ended, unless Stop is changed.
func TestResumeAfterTheWatchers(t *testing.T) {
	l, whole := watchedRun(t, graph.Float32)
	for _, at := range []int{1, 4, 5, 8} {
		failed := errors.New("no")
		l.fs = &crashfs.FS{}
		l.fit = func(c *trainers.Config) {
			next := c.OnEpoch
			c.OnEpoch = func(e trainers.Epoch) error {
				if e.Epoch == at {
					return failed
				}
				return next(e)
			}
		}
		first, err := l.run(t)
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
		l.fit = nil
		rest, err := l.run(t)
		if told := append(first.told, rest.told...); err != nil || rest.result != whole.result || !slices.Equal(told, whole.told) {
			t.Errorf("epoch %d: error %v, %s", at, err, whole.diff(end{result: rest.result, told: told}))
		}
	}
	same, err := l.run(t)
	if err != nil || same.result != whole.result || same.told != nil {
		t.Errorf("a run that was ended: error %v, told %v", err, same.told)
	}
	l.conf = func(c *checkpoint.Config) { c.Changed = []string{"Stop", "Watch[1].Patience"} }
	l.fit = func(c *trainers.Config) { c.Watch[1].(*trainers.EarlyStopping).Patience = 5 }
	more, err := l.run(t)
	if err != nil || len(more.told) != longBatches+1 || more.watch[1].(*trainers.EarlyStopping).Stopped() {
		t.Errorf("Stop changed: error %v, told %d times", err, len(more.told))
	}
}

// A watcher that ends a fit with an error does so again, without a checkpoint of an
// epoch that it has been told of; and with other watchers the run goes on.
func TestResumeBeforeACliff(t *testing.T) {
	l, _ := watchedRun(t, graph.Float32)
	once := func(c *trainers.Config) { c.Watch[0].(*trainers.Cliff).Retries = 1 }
	l.fit = once
	whole, want := l.run(t)
	l.fs = &crashfs.FS{}
	for range 3 {
		if e, err := l.run(t); !errors.Is(err, trainers.ErrCliff) || err.Error() != want.Error() || e.result != whole.result {
			t.Fatalf("error %v, want %v, %s", err, want, whole.diff(e))
		}
	}
	l.fit = func(c *trainers.Config) { once(c); c.Watch = c.Watch[1:] }
	l.conf = func(c *checkpoint.Config) { c.Changed = []string{"Watch"} }
	if e, err := l.run(t); err != nil || !strings.HasPrefix(e.told[0], "5 1 5 18 10") {
		t.Errorf("error %v, told first %.40q", err, e.told)
	}
}

// The checkpoint of an epoch that a fit went back from has no metrics: its
// parameters are those of another.
func TestNoMetricsOfAFall(t *testing.T) {
	l, _ := watchedRun(t, graph.Float32)
	fs := &crashfs.FS{}
	l.fs, l.conf = fs, func(c *checkpoint.Config) { c.Keep = []checkpoint.Which{checkpoint.EveryNth(1)} }
	if _, err := l.run(t); err != nil {
		t.Fatal(err)
	}
	names, err := fs.ReadDir("runs/a")
	if err != nil {
		t.Fatal(err)
	}
	without := ""
	for _, name := range names {
		b, err := fs.ReadFile("runs/a/" + name + "/info.json")
		if err == nil && !strings.Contains(string(b), "metrics") {
			without += name + " "
		}
	}
	if without != "000003-step-12 000005-step-22 " {
		t.Errorf("without metrics: %s of %v", without, names)
	}
}

// Other watchers are refused by the first difference.
func TestResumeRefusesOtherWatchers(t *testing.T) {
	l, _ := watchedRun(t, graph.Float32)
	l.epochs, l.fs = 1, &crashfs.FS{}
	if _, err := l.run(t); err != nil {
		t.Fatal(err)
	}
	changes := map[string]func(*trainers.Config){
		"Watch[0].Fall is 7, there it is 1":                              func(c *trainers.Config) { c.Watch[0].(*trainers.Cliff).Fall = 7 },
		"Watch[1].Patience is 7, there it is -1":                         func(c *trainers.Config) { c.Watch[1].(*trainers.EarlyStopping).Patience = 7 },
		"Watch[1].Params is none, there it is some":                      func(c *trainers.Config) { c.Watch[1].(*trainers.EarlyStopping).Params = nil },
		"Watch[0] is trainers.EarlyStopping, there it is trainers.Cliff": func(c *trainers.Config) { c.Watch = c.Watch[1:] },
		"Watch[2] is not there, there it is trainers.Convergence":        func(c *trainers.Config) { c.Watch = c.Watch[:2] },
		"Watch[3] is trainers.Cliff, there it is not there":              func(c *trainers.Config) { c.Watch = append(c.Watch, &trainers.Cliff{Fall: 1}) },
		"SkipNotFinite is 3, there it is 2":                              func(c *trainers.Config) { c.SkipNotFinite = 3 },
	}
	for _, want := range slices.Sorted(maps.Keys(changes)) {
		l.fit = changes[want]
		if _, err := l.run(t); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
