package plots_test

import (
	"bytes"
	"context"
	"fmt"
	"image/png"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/mcmc"
	"github.com/latentgo/latent/vi/mcmc/plots"
)

// A funnel, whose neck draws do not get into: in the picture the marked ones crowd
// there.
func ExamplePair() {
	p, err := mcmc.Sample(context.Background(), nil, func(s *graph.Scope) (vi.Model, vi.Data) {
		return vi.Model{Joint: func(t *vi.Trace) {
			v := t.Global("v", prob.Normal{Mean: s.Const(0), LogStd: s.Const(1)})
			t.Global("x", prob.Normal{Mean: s.Tensor([]float64{0, 0}, 2), LogStd: v.Scale(.5)})
		}}, nil
	}, mcmc.Config{Rows: 1, Draws: 200})
	if err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer // or a file
	if err := plots.Pair(&file, p, "v", "x"); err != nil {
		fmt.Println(err)
		return
	}
	picture, err := png.Decode(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(picture.Bounds().Dx() == picture.Bounds().Dy())
	// Output: true
}
