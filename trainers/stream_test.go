package trainers_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// stream is data of a user's own that do not know how many they are: rows 1, 2, …
// of x, one a batch, a number of them an epoch, and an error when none are left.
type stream struct {
	left, per int
	err       error
	at        int // rows delivered in this epoch
	first     int // row of the epoch
	ended     error
}

func (s *stream) Arrays() []data.Spec { return []data.Spec{{Name: "x", Shape: []int{1}}} }
func (s *stream) Count() int          { return -1 }
func (s *stream) Err() error          { return s.ended }
func (s *stream) Index(string) []int  { return []int{s.first + s.at} }

func (s *stream) Seek(epoch, batch int) error {
	s.first, s.at = epoch*s.per, batch
	return nil
}

func (s *stream) Next() bool {
	if s.first+s.at >= s.left && s.err != nil {
		s.ended = s.err
		return false
	}
	s.at++
	return s.at <= s.per
}

func (s *stream) Fill(_ string, _ int, dst graph.Array) error {
	dst.Set(0, float64(s.first+s.at))
	return nil
}

// A stream of one's own trains like a set with the same rows, and the number of
// its batches may be unknown.
func TestFitOfAStream(t *testing.T) {
	fit := func(b data.Batches, want int) (out []any) {
		params := &graph.Params{}
		r, err := trainers.Fit(context.Background(), mean, b, trainers.Config{Params: params, Epochs: 1, OnStep: func(s trainers.Step) error {
			if s.Steps != want {
				t.Errorf("%d steps an epoch, want %d", s.Steps, want)
			}
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		return append(out, params.Tensor("m").Data(), r.Epochs[0].Train, r.Steps)
	}
	streamed := fit(&stream{per: 3}, -1)
	inMemory := fit(set(t, 1, 2, 3).Batches(data.BatchConfig{Size: 1, Evaluation: true}), 3)
	if !cmp.Equal(streamed, inMemory) {
		t.Errorf("a stream gives %v, a set %v", streamed, inMemory)
	}
	got, err := trainers.Evaluate(context.Background(), mean, &graph.Params{}, &stream{per: 3}, trainers.EvalConfig{})
	want, _ := trainers.Evaluate(context.Background(), mean, &graph.Params{}, set(t, 1, 2, 3).Batches(data.BatchConfig{Evaluation: true}), trainers.EvalConfig{})
	if err != nil || math.Abs(got["bound"]-want["bound"]) > 1e-6 {
		t.Errorf("evaluation of a stream %v, of a set %v, error %v", got, want, err)
	}
	for want, b := range map[string]data.Batches{
		"trainers: epoch 1 has no batch":                               &stream{},
		"trainers: the batches have rows of shape [-2 3] in array x":   shaped{&stream{per: 1}},
		"trainers: the batches have no arrays":                         bare{&stream{per: 1}},
		"trainers: step 1 (epoch 1): the batch has no rows of array x": empty{&stream{per: 1}},
		"trainers: step 3 (epoch 1): unplugged":                        &stream{per: 4, left: 2, err: errors.New("unplugged")},
	} {
		if _, err := trainers.Fit(context.Background(), mean, b, trainers.Config{Epochs: 1}); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// shaped has rows of a shape that none can have.
type shaped struct{ data.Batches }

func (shaped) Arrays() []data.Spec { return []data.Spec{{Name: "x", Shape: []int{-2, 3}}} }

type bare struct{ data.Batches }

func (bare) Arrays() []data.Spec { return nil }

type empty struct{ data.Batches }

func (empty) Index(string) []int { return nil }

// Rows of any shape reach the model in it: pictures [H, W, C], and a transform
// sees the shape too.
func TestRowsOfAnyShape(t *testing.T) {
	x := make([]float32, 5*2*3*4)
	for i := range x {
		x[i] = float32(i)
	}
	s, err := data.New(data.FromFlat("x", x, 2, 3, 4))
	if err != nil {
		t.Fatal(err)
	}
	double := func(r data.Row) error {
		if !slices.Equal(r.Shape, []int{2, 3, 4}) {
			return errors.Errorf("a row of shape %v", r.Shape)
		}
		for i := range r.Len() {
			r.Set(i, 2*r.At(i))
		}
		return nil
	}
	for flat, want := range map[bool]string{false: "[2 3 4]", true: "[24]"} {
		out, err := trainers.Predict(context.Background(), func(s *graph.Scope, d vi.Data) map[string]*graph.Node {
			if got := fmt.Sprint([]int(d["x"].Shape()[1:])); got != want {
				t.Errorf("rows of shape %s, want %s", got, want)
			}
			return map[string]*graph.Node{"x": d["x"]}
		}, &graph.Params{}, s.Batches(data.BatchConfig{Size: 2, Flat: flat, Map: map[string]data.Transform{"x": double}, Evaluation: true}), trainers.EvalConfig{})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range out["x"] {
			if v != 2*float64(i) {
				t.Errorf("value %d is %v", i, v)
			}
		}
	}
}
