package trainers_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/checkpoint"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// long is a run with all that there is, of a model with states and noise.
type long struct {
	dt     graph.Dtype
	epochs int
	fs     checkpoint.FS // nil: no checkpoints
	conf   func(c *checkpoint.Config)
	fit    func(c *trainers.Config)
	cancel int // the context is done after so many steps of this process; 0: never

	watched bool // epochs are watched, and some rows of data mean nothing
}

// end is what a run comes to, as text without times, and what it said on the way.
type end struct {
	result string
	told   []string // of steps and epochs
	log    []string
	watch  []trainers.Watcher
}

// diff is how what a run comes to, and what it tells, differs from that of another.
func (e end) diff(other end) string {
	return cmp.Diff(e.result, other.result) + cmp.Diff(e.told, other.told)
}

const longBatches = 5

// steady is a clock of a second a look.
func steady() func() time.Time {
	now := time.Unix(0, 0)
	return func() time.Time { now = now.Add(time.Second); return now }
}

func longData(t testing.TB, watched bool) (train, test data.Batches) {
	const rows = 43
	x, y := make([]float64, rows*6), make([]float64, rows)
	for i := range x {
		x[i] = float64(i * 7 / 3 % 2)
	}
	for i := range y {
		y[i] = float64(i % 3)
	}
	s, err := data.New(data.FromFlat("x", x, 6), data.FromFlat("y", y, 1))
	if err != nil {
		t.Fatal(err)
	}
	c := data.BatchConfig{Size: 10, Seed: 5}
	order := s.Batches(c)
	if err := order.Seek(0, 0); err != nil || !order.Next() {
		t.Fatal("no batch", err)
	}
	first := slices.Clone(order.Index("x"))
	// Rows that no law can take: all of the first batch; one of the second epoch;
	// most of the third, which is not to be come through.
	unfit := func(r data.Row) bool {
		return r.Epoch == 0 && slices.Contains(first, r.Index) || r.Epoch == 1 && r.Index == 1 || r.Epoch == 2 && r.Index > 9
	}
	flip := func(r data.Row) error { // noise of the data
		if watched && unfit(r) {
			r.Set(0, 7)
		}
		for i := range r.Len() {
			if rand.New(rand.NewPCG(r.Seed, uint64(r.Epoch*1000+r.Index*10+i))).IntN(10) == 0 {
				r.Set(i, 1-r.At(i))
			}
		}
		return nil
	}
	c.Map = map[string]data.Transform{"x": flip}
	return s.Batches(c), s.Batches(data.BatchConfig{Size: 20, Evaluation: true})
}

func (l long) run(t testing.TB) (end, error) {
	t.Helper()
	var e end
	train, test := longData(t, l.watched)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	settled, random := &trainers.Convergence{Window: 100}, rand.NewPCG(1, 2)
	steps := 0
	u := everything(trainers.Adam{Rate: .02})
	c := trainers.Config{
		Params: &graph.Params{Seed: 3, Dtype: l.dt}, Epochs: l.epochs, Seed: 4, Test: test, Initialise: true, Accumulate: 2, Clock: steady(),
		Optimizer: u.Optimizer, ClipNorm: u.ClipNorm, Rate: u.Rate, Groups: u.Groups, Plateau: u.Plateau, Average: u.Average,
		Schedules: map[string]trainers.Schedule{"weight": trainers.WarmUp{Steps: 17}},
		OnEpoch: func(ep trainers.Epoch) error {
			told := ep
			told.Seconds, told.ExamplesPerSecond = 0, 0
			e.told = append(e.told, fmt.Sprintf("epoch %d: %+v %d", ep.Epoch, told, random.Uint64()))
			return settled.OnEpoch(ep)
		},
		OnStep: func(s trainers.Step) error {
			e.told = append(e.told, toldStep(t, s))
			if steps++; steps == l.cancel {
				cancel()
			}
			return nil
		},
	}
	if l.watched {
		cliff := &trainers.Cliff{Fall: 1, From: 1, Retries: 9, Factor: .9}
		best := &trainers.EarlyStopping{Patience: -1, Threshold: .2, From: 2, Params: &graph.Params{}}
		c.Watch, c.SkipNotFinite, c.Initialise = []trainers.Watcher{cliff, best, &trainers.Convergence{Window: 50}}, 2, false
		c.Schedules["weight"] = trainers.ScheduleFunc(func(step int) float64 { // times three at the end of the fifth epoch
			if step >= 20 && step < 24 {
				return 3
			}
			return min(1, float64(step+1)/7)
		})
	}
	if l.fs != nil {
		c.Checkpoint = &checkpoint.Config{
			Dir: "runs/a", FS: l.fs, Log: func(line string) { e.log = append(e.log, line) },
			State: map[string]checkpoint.Stateful{"settled": settled, "random": random},
		}
		if l.conf != nil {
			l.conf(c.Checkpoint)
		}
	}
	if l.fit != nil {
		l.fit(&c)
	}
	m := func(s *graph.Scope, d vi.Data) *vi.Estimate { return layered(2, false)(s, d).Times(s.Input("weight")) }
	r, err := trainers.Fit(ctx, m, train, c)
	var b strings.Builder
	for _, p := range []*graph.Params{r.Params, r.Average} {
		if p != nil && len(p.Names()) > 0 {
			for _, name := range p.Names() {
				fmt.Fprintf(&b, "%s %x\n", name, bitsOf(elements(t, p, name)))
			}
		}
	}
	for i := range r.Epochs {
		r.Epochs[i].Seconds, r.Epochs[i].ExamplesPerSecond = 0, 0
	}
	for _, w := range c.Watch {
		state, err := w.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", state)
	}
	state, _ := settled.MarshalBinary()
	fmt.Fprintf(&b, "%d %v %s %d", r.Steps, r.Epochs, state, random.Uint64())
	e.result, e.watch = b.String(), c.Watch
	return e, err
}

// toldStep is all that a step tells.
func toldStep(t testing.TB, s trainers.Step) string {
	metrics, err := s.Metrics()
	means, e := s.Means()
	norm, f := s.GradNorm("")
	for _, err := range []error{err, e, f} {
		if err != nil {
			t.Error(err)
		}
	}
	return fmt.Sprint(s.Epoch, s.Step, s.Steps, s.Number, s.Rows, s.NotFinite, metrics, means, norm)
}

func bitsOf(x []float64) (b []uint64) {
	for _, v := range x {
		b = append(b, math.Float64bits(v))
	}
	return b
}
