package trainers_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// lion is the sign of an interpolated momentum (Chen et al., arXiv 2302.06675,
// algorithm 2, without weight decay), scaled by the norm of the whole parameter
// as in LARS, so that pieces would go wrong.
type lion struct{ saw []string }

func (*lion) Slots() int { return 1 }

func (o *lion) Step(p trainers.Tensor) {
	o.saw = append(o.saw, fmt.Sprint(p.Name, p.Shape, p.Param.Len(), p.T))
	norm := 1.
	for i := range p.Param.Len() {
		norm += p.Param.At(i) * p.Param.At(i)
	}
	rate := 1e-3 * p.Rate * math.Sqrt(norm)
	m := p.Slots[0]
	for i := range p.Param.Len() {
		g := p.Grad.At(i) * p.Scale
		p.Param.Set(i, p.Param.At(i)-rate*math.Copysign(1, .9*m.At(i)+.1*g))
		m.Set(i, .99*m.At(i)+.01*g)
	}
}

// two is a model of two parameters, one of them larger than a piece.
func two(s *graph.Scope, d vi.Data) *vi.Estimate {
	b, a := s.In("b").Param("w", graph.Constant(0), 40, 1000), s.Param("a", graph.Constant(0), 1)
	return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) {
		t.Draw("x", prob.Normal{Mean: a.Add(graph.Sum(b)), LogStd: s.Const(0)})
	}}, d)
}

// A rule of one's own is given whole tensors with their names and shapes, one
// after the other, and works in both dtypes.
func TestOptimizerSeesWholeTensors(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		o := &lion{}
		_, err := trainers.Fit(context.Background(), two, set(t, 1, 1, 1, 1).Batches(data.BatchConfig{Size: 2}), trainers.Config{
			Params: &graph.Params{Dtype: dt}, Epochs: 1, Optimizer: o,
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"b/w [40 1000] 40000 1", "a [1] 1 1", "b/w [40 1000] 40000 2", "a [1] 1 2"}
		for i, w := range want {
			want[i] = strings.Replace(w, " [", "[", 1)
		}
		if !slices.Equal(o.saw, want) {
			t.Errorf("%v: saw %q, want %q", dt, o.saw, want)
		}
	}
}

// A rule that says that it is element-wise is given pieces, and does the same.
func TestElementWiseOptimizerIsGivenPieces(t *testing.T) {
	fit := func(o trainers.Optimizer) string {
		params := &graph.Params{Dtype: graph.Float64}
		if _, err := trainers.Fit(context.Background(), two, set(t, 1, 2).Batches(data.BatchConfig{Size: 1}), trainers.Config{
			Params: params, Epochs: 2, Optimizer: o,
		}); err != nil {
			t.Fatal(err)
		}
		w, _ := graph.Values[float64](params, "b/w")
		return fmt.Sprint(w)
	}
	lens := make(chan int, 100)
	whole, parts, builtin := fit(sgd{1e-6}), fit(counting{pieces{sgd{1e-6}}, lens}), fit(trainers.SGD{Rate: 1e-6})
	close(lens)
	seen := map[int]int{}
	for n := range lens {
		seen[n]++
	}
	if seen[1<<15] != 4 || seen[40000-1<<15] != 4 || seen[1] != 4 || len(seen) != 3 {
		t.Errorf("pieces of these sizes: %v", seen)
	}
	if whole != parts || whole != builtin {
		t.Error("pieces make a difference")
	}
}

// counting tells the sizes of its pieces.
type counting struct {
	pieces
	lens chan int
}

func (c counting) Step(p trainers.Tensor) {
	c.lens <- p.Param.Len()
	c.pieces.Step(p)
}

// hoarding changes parameters little, and what it keeps goes to infinity at the
// third step.
type hoarding struct{}

func (hoarding) Slots() int { return 2 }

func (hoarding) Step(p trainers.Tensor) {
	p.Param.Set(0, p.Param.At(0)+1)
	p.Slots[0].Set(0, p.Slots[0].At(0)+1)
	if p.Slots[1].Set(0, 1); p.T == 3 {
		p.Slots[1].Set(0, math.Inf(1))
	}
}

// fewer says that it keeps less than nothing.
type fewer struct{ hoarding }

func (fewer) Slots() int { return -1 }

func TestNegativeSlots(t *testing.T) {
	err := fitBy(mean, rowsOf(t, map[string][][]float64{"x": {{1}}}), data.BatchConfig{}, trainers.Config{Optimizer: fewer{}})
	if want := "trainers: step 1 (epoch 1): trainers: trainers_test.fewer keeps -1 slots, want 0 or more"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// A slot that is not finite takes the step back too, slots and all.
func TestSlotThatIsNotFiniteIsTakenBack(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		params := &graph.Params{Dtype: dt}
		u := trainers.NewUpdater(params, trainers.UpdateConfig{Optimizer: hoarding{}})
		p, err := graph.BuildTraining(params, func(s *graph.Scope) {
			u.Declare(s, mean(s, vi.Data{"x": s.Tensor([]float64{1}, 1, 1)}))
		})
		if err != nil {
			t.Fatal(err)
		}
		for step := 1; step <= 4; step++ {
			if err := p.Run(context.Background(), graph.Key{}); err != nil {
				t.Fatal(err)
			}
			err := u.Step(p)
			done := min(step, 2)
			if want := "what trainers_test.hoarding{} keeps for m is not finite after the update"; (err != nil) != (step > 2) || err != nil && !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%v, step %d: error %v, want %s", dt, step, err, want)
			}
			s, err := u.State()
			if err != nil {
				t.Fatal(err)
			}
			if m := s.Slots["m"]; s.Step != done || m[0].At(0) != float64(done) || m[1].At(0) != 1 {
				t.Errorf("%v: state %v after %d steps, want %d", dt, s, step, done)
			}
			if x := params.Tensor("m").Data(); fmt.Sprint(x) != fmt.Sprintf("[%d]", done) {
				t.Errorf("%v: parameter %v after %d steps, want %d", dt, x, step, done)
			}
		}
	}
}
