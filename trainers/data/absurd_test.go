package data_test

import (
	"bytes"
	"io"
	"net/http"
	"reflect"
	"testing"

	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/trainers/data"
)

// No function of the package ends in an error of the Go runtime, whatever it
// is given.
func TestAbsurdArguments(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	flat := data.FromFlat("x", []float32{1, 0, 1, 0}, 2)
	set, err := data.New(flat)
	if err != nil {
		t.Fatal(err)
	}
	batches := set.Batches(data.BatchConfig{Size: 1})
	absurd.Sweep{
		Funcs: map[string]any{
			"FromFlat": data.FromFlat[float64], "Index": data.Index, "FromRows": data.FromRows[float32], "Binarize": data.Binarize, "Once": data.Once, "Chain": data.Chain,
			"Digits": data.Digits, "WriteGrid": data.WriteGrid, "ReadIDX": data.ReadIDX, "DecodeIDX": data.DecodeIDX, "Load": data.Load,
			"New": data.New, "Named": data.Named, "LoadUCI": data.LoadUCI, "LoadCorpus": data.LoadCorpus, "Open": data.Open, "Overlap": data.Overlap,
		},
		Types: []any{data.Array{}, data.Join{}, data.Row{}, data.Fetcher{}, data.IDX{}, data.Set{}, data.Regression{}},
		Skip: map[string]string{
			"Row.At": "an element of a graph.Array, as of a slice", "Row.Set": "likewise", "Row.Copy": "likewise", "Row.Value": "likewise",
		},
		Bare: []string{"Binarize"}, // whose batches say where
		Values: func(t reflect.Type) []any {
			switch t {
			case reflect.TypeFor[data.Array]():
				return []any{flat, data.Array{}}
			case reflect.TypeFor[*data.Set]():
				return []any{&data.Set{}, set}
			case reflect.TypeFor[*data.Regression]():
				return []any{&data.Regression{}, &data.Regression{X: [][]float64{{1}, {2, 3}, nil}, Y: []float64{1, 2, 3}, Tests: [][]int{{0}, nil, {7}}}}
			case reflect.TypeFor[data.Batches]():
				return []any{batches, (*data.Join)(nil)}
			case reflect.TypeFor[*data.Join]():
				return []any{&data.Join{}, &data.Join{Parts: map[string]data.Batches{"a": nil}}, &data.Join{Parts: map[string]data.Batches{"a": batches}}}
			case reflect.TypeFor[io.Reader]():
				return []any{(*bytes.Reader)(nil), bytes.NewReader([]byte{0, 0, 8, 1, 255, 255, 255, 255, 1})}
			case reflect.TypeFor[*http.Client]():
				return []any{&http.Client{Transport: nowhere{}}}
			case reflect.TypeFor[[]data.SourceFile]():
				return []any{[]data.SourceFile{{}}}
			}
			return nil
		},
	}.Run(t)
}

// nowhere answers no request.
type nowhere struct{}

func (nowhere) RoundTrip(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }
