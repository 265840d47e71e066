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
	flat := data.Flat("x", 2, []float32{1, 0, 1, 0})
	set, err := data.New(flat)
	if err != nil {
		t.Fatal(err)
	}
	batches, err := data.NewBatches(set, data.BatchConfig{Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	absurd.Sweep{
		Funcs: map[string]any{
			"Flat": data.Flat[float64], "Rows": data.Rows[float32], "NewBatches": data.NewBatches, "Binarize": data.Binarize[float32],
			"Digits": data.Digits, "WriteGrid": data.WriteGrid, "ReadIDX": data.ReadIDX, "DecodeIDX": data.DecodeIDX, "Load": data.Load,
			"New": data.New, "Named": data.Named, "Open": data.Open,
		},
		Types: []any{data.Array{}, data.Batches{}, data.Fetcher{}, data.IDX{}, data.Set{}},
		Values: func(t reflect.Type) []any {
			switch t {
			case reflect.TypeFor[data.Array]():
				return []any{flat, data.Array{}}
			case reflect.TypeFor[*data.Set]():
				return []any{&data.Set{}, set}
			case reflect.TypeFor[*data.Batches]():
				return []any{&data.Batches{}, batches}
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
