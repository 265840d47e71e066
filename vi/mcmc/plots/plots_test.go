package plots_test

import (
	"bytes"
	"context"
	"image/color"
	"image/png"
	"reflect"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/mcmc"
	"github.com/latentgo/latent/vi/mcmc/plots"
)

// drawn are some draws: of a normal law, and of what does not vary.
func drawn(t *testing.T) *mcmc.Posterior {
	t.Helper()
	p, err := mcmc.Sample(context.Background(), nil, func(s *graph.Scope) (vi.Model, vi.Data) {
		return vi.Model{Joint: func(t *vi.Trace) {
			v := t.Global("v", prob.Normal{Mean: s.Const(0), LogStd: s.Const(1)})
			t.Global("x", prob.Normal{Mean: s.Tensor(make([]float64, 9), 9), LogStd: v.Scale(2)})
		}}, nil
	}, mcmc.Config{Rows: 1, Draws: 40, Fixed: true, StepSize: .5, Chains: 2, Derived: func(r *vi.Record) map[string]*graph.Node {
		v := r.Site("v").Value
		return map[string]*graph.Node{"constant": v.Sub(v).Shift(3), "infinite": graph.Log(v.Sub(v))}
	}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What diverged is marked in red.
func TestPictures(t *testing.T) {
	p := drawn(t)
	if len(p.Divergences()) == 0 {
		t.Fatal("nothing diverged")
	}
	red := func(b []byte) int {
		picture, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for y := range picture.Bounds().Dy() {
			for x := range picture.Bounds().Dx() {
				if c := color.NRGBAModel.Convert(picture.At(x, y)).(color.NRGBA); c.R > 200 && c.G < 60 && c.B < 60 {
					n++
				}
			}
		}
		return n
	}
	var b bytes.Buffer
	if err := plots.Pair(&b, p, "v", "constant"); err != nil {
		t.Fatal(err)
	}
	if red(b.Bytes()) < 10 {
		t.Error("no mark in Pair")
	}
	b.Reset()
	if err := plots.Trace(&b, p); err == nil || !strings.Contains(err.Error(), "infinite, which has a draw that is -Inf") {
		t.Errorf("error %v", err)
	}
	b.Reset()
	if err := plots.Trace(&b, p, "v", "x", "constant"); err != nil {
		t.Fatal(err)
	}
	if red(b.Bytes()) < 10 {
		t.Error("no mark in Trace")
	}
	for _, err := range []struct {
		err  error
		want string
	}{
		{plots.Pair(&b, p, "x"), "plots: Pair of [x] is of more than 8 numbers"},
		{plots.Pair(&b, p, "y"), "plots: Pair of y, which was not sampled; there are [v x"},
		{plots.Trace(nil, p), "without a Writer"},
		{plots.Trace(&b, nil), "without a Posterior"},
	} {
		if err.err == nil || !strings.Contains(err.err.Error(), err.want) {
			t.Errorf("error %v, want %q", err.err, err.want)
		}
	}
}

func TestAbsurdArguments(t *testing.T) {
	p := drawn(t)
	absurd.Sweep{
		Funcs: map[string]any{"Trace": plots.Trace, "Pair": plots.Pair},
		Values: func(typ reflect.Type) []any {
			switch typ {
			case reflect.TypeFor[*mcmc.Posterior]():
				return []any{p, &mcmc.Posterior{}}
			case reflect.TypeFor[string]():
				return []any{"v", "x", "constant"}
			}
			if typ.Kind() == reflect.Interface {
				return []any{new(bytes.Buffer)}
			}
			return nil
		},
		Calls: 15,
	}.Run(t)
}
