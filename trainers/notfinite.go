package trainers

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/vi"
)

// NotFinite is the error of a bound or of a gradient that is NaN or infinite.
// errors.As finds it in what Fit, Evaluate and Updater.Step return.
type NotFinite struct {
	What string // "the bound is -Inf", "the gradient of w is not finite"
	Step int    // of training, from 1; 0 in evaluation and where an Updater is used by itself

	// Value is the value that the law of its site cannot take; nil if there is
	// none. Fit and Evaluate count its Row in the data set, an Updater in the
	// batch, as all do where several parts of a data.Join may be meant.
	Value *vi.Outside

	// Origin is the operation, parameter or data that the number came from; nil
	// where Value says it, or where none is found, as the operations one by one
	// do not overflow where they do together.
	Origin *graph.NonFinite
	Site   string // the first whose draw or density is computed from Origin; "" if there is none

	params *graph.Params
	update bool   // it is what the optimiser would write
	large  string // a gradient that is finite, with a square that is not
}

// Error says what is not finite, why and what may be done.
func (e *NotFinite) Error() string {
	if e == nil {
		return "trainers: finite"
	}
	var b strings.Builder
	b.WriteString(e.What)
	if e.Value != nil {
		fmt.Fprintf(&b, ": %v", e.Value)
	}
	if e.Origin != nil {
		fmt.Fprintf(&b, ": %v", e.Origin)
	}
	if e.Site != "" {
		fmt.Fprintf(&b, " on the way to site %s", e.Site)
	}
	b.WriteString(e.large)
	if remedy := e.remedy(); remedy != "" {
		fmt.Fprintf(&b, "; %s", remedy)
	}
	return b.String()
}

func (e *NotFinite) remedy() string {
	v, o := e.Value, e.Origin
	switch {
	case e.update:
		return "lower the optimiser's rate"
	case v != nil && v.Observed && math.IsNaN(v.Value) && v.Element >= 0:
		return "mend the data, or leave the entry out with prob.Masked"
	case v != nil && v.Observed:
		return fmt.Sprintf("rescale or mend the data %s, or choose a distribution that can take them", v.Site)
	case v != nil:
		return "the guide's law reaches values that the joint's cannot take: give both the same support"
	case o != nil && o.Leaf != "" && o.Kind == "input":
		return "mend the data"
	case o != nil && (o.Kind == "parameter" || o.Kind == "state"):
		return "it was so before this step: initialise or load it anew"
	case o != nil && o.Leaf != "":
		return ""
	case e.Step > 1:
		return "if training went well before, it has diverged (" + e.largest() + "): lower the optimiser's rate or set ClipNorm"
	case o != nil:
		return "keep the operands away from there, such as by graph.Clamp or another parametrisation"
	}
	return ""
}

// largest names the parameter with the largest element.
func (e *NotFinite) largest() string {
	if e.params == nil {
		return "by its parameters"
	}
	at, most := "", 0.
	for _, name := range e.params.Names() {
		x := valuesOf(e.params, name)
		for i := range x.Len() {
			if v := math.Abs(x.At(i)); !(v <= most) || at == "" {
				at, most = name, v
			}
		}
	}
	return fmt.Sprintf("the largest element of a parameter, %.3g, is in %s", most, at)
}

// valuesOf returns a copy of a parameter of either dtype.
func valuesOf(params *graph.Params, name string) graph.Array {
	if x, err := graph.Values[float64](params, name); err == nil {
		return graph.Array{F64: x}
	}
	x, _ := graph.Values[float32](params, name)
	return graph.Array{F32: x}
}

// notFinite finds out why an output of p's last run is not finite.
func notFinite(p *graph.Program, output, what string) error {
	e := &NotFinite{What: what, params: p.Params()}
	var runs []*vi.Record
	for _, n := range door.Notes(p) {
		if r, ok := n.(*vi.Record); ok {
			runs = append(runs, r)
		}
	}
	for _, r := range runs {
		var err error
		if e.Value, err = r.Outside(p); err != nil {
			return errors.WithMessage(err, what)
		}
		if e.Value != nil {
			break
		}
	}
	if e.Value != nil && e.Value.Element >= 0 {
		return e
	}
	err := p.NonFinite(output)
	if err != nil && !errors.As(err, &e.Origin) {
		return errors.WithMessage(err, what)
	}
	for _, r := range runs {
		if e.Origin != nil && e.Site == "" {
			e.Site = r.FirstFrom(e.Origin.Node)
		}
	}
	return e
}

// badGradient says why a gradient is not finite, or how large it is.
func badGradient(p *graph.Program, output, name string, grad graph.Array) error {
	at := 0 // NaN, or else the largest
	for i := range grad.Len() {
		g := grad.At(i)
		if math.IsNaN(g) || math.Abs(g) > math.Abs(grad.At(at)) {
			if at = i; math.IsNaN(g) {
				break
			}
		}
	}
	if v := grad.At(at); !math.IsNaN(v) && !math.IsInf(v, 0) {
		e := &NotFinite{What: "the square of the gradient of " + name + " is not finite", params: p.Params()}
		e.large = fmt.Sprintf(": element %d is %.3g", at, v)
		return e
	}
	return notFinite(p, output, fmt.Sprintf("the gradient of %s is not finite", name))
}

// placed gives an error that a number is not finite its step, and counts its
// row in the data set.
func (r *runner) placed(err error, step int) error {
	var e *NotFinite
	if err == nil || !errors.As(err, &e) {
		return err
	}
	e.Step = step
	if v := e.Value; v != nil && v.Row >= 0 {
		if index := r.index(v.Site); v.Row < len(index) {
			v.Row = index[v.Row]
		}
	}
	return err
}

// index returns the row numbers of the data of a site: of the array of its name,
// in whichever part of a join, or for a latent those that all arrays share. It is
// nil where several parts may be meant.
func (r *runner) index(site string) []int {
	var found []int
	for _, named := range []bool{true, false} {
		for _, a := range r.arrays {
			if named && a.Name != site && !strings.HasSuffix(a.Name, "/"+site) {
				continue
			}
			index := r.batches.Index(a.Name)
			if found != nil && !slices.Equal(found, index) {
				return nil
			}
			found = index
		}
		if found != nil {
			return found
		}
	}
	return nil
}
