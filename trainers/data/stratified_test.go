package data_test

import (
	"slices"
	"testing"

	"github.com/latentgo/latent/trainers/data"
)

func TestSplitByClass(t *testing.T) {
	var x, y []float32
	for i := range 60 {
		x, y = append(x, float32(i)), append(y, float32(i%3))
	}
	s, err := data.New(data.FromFlat("x", x, 1), data.FromFlat("y", y, 1))
	if err != nil {
		t.Fatal(err)
	}
	rest, taken, err := s.SplitByClass("y", 1, 12)
	if err != nil {
		t.Fatal(err)
	}
	count := map[float32]int{}
	for _, c := range taken.Values("y") {
		count[c]++
	}
	if taken.Len() != 12 || rest.Len() != 48 || count[0] != 4 || count[1] != 4 || count[2] != 4 {
		t.Errorf("took %d rows and left %d, by class %v", taken.Len(), rest.Len(), count)
	}
	all := append(slices.Clone(taken.Values("x")), rest.Values("x")...)
	slices.Sort(all)
	if !slices.Equal(all, x) {
		t.Error("rows are lost or doubled")
	}
	_, again, _ := s.SplitByClass("y", 1, 12)
	_, other, _ := s.SplitByClass("y", 2, 12)
	if !slices.Equal(again.Values("x"), taken.Values("x")) || slices.Equal(other.Values("x"), taken.Values("x")) {
		t.Error("the rows taken are not a function of the seed")
	}
	for name, f := range map[string]func() error{
		"no such array":     func() error { _, _, err := s.SplitByClass("z", 1, 12); return err },
		"no multiple":       func() error { _, _, err := s.SplitByClass("y", 1, 10); return err },
		"all":               func() error { _, _, err := s.SplitByClass("y", 1, 60); return err },
		"a class too small": func() error { _, _, err := s.SplitByClass("x", 1, 0); return err },
		"too few of one": func() error {
			y := append(slices.Repeat([]float32{0}, 50), slices.Repeat([]float32{1}, 10)...)
			s, err := data.New(data.FromFlat("y", y, 1))
			if err != nil {
				return nil
			}
			_, _, err = s.SplitByClass("y", 1, 40)
			return err
		},
	} {
		if f() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Without a folder or a name there are digits.
func TestOpenDrawsDigits(t *testing.T) {
	sets, err := data.Open(t.Context(), "", data.Fetcher{}, data.LoadConfig{Seed: 3})
	if err != nil || sets.Train.Len() != 20000 || sets.Test.Len() != 2000 {
		t.Fatalf("%v", err)
	}
	if _, err := data.Open(t.Context(), "", data.Fetcher{}, data.LoadConfig{Test: 5}); err == nil {
		t.Error("a division that is not done is accepted")
	}
}
