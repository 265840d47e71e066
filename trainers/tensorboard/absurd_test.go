package tensorboard_test

import (
	"fmt"
	"image"
	"io"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/latentgo/latent/internal/absurd"
	"github.com/latentgo/latent/internal/exported"
	"github.com/latentgo/latent/trainers/tensorboard"
)

// No function of the package ends in an error of the Go runtime, whatever it is
// given.
func TestAbsurdArguments(t *testing.T) {
	w, err := tensorboard.Open(filepath.Join(t.TempDir(), "tfevents"), tensorboard.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	absurd.Sweep{
		Funcs: map[string]any{"Open": tensorboard.Open, "Read": tensorboard.Read, "ReadFile": tensorboard.ReadFile},
		Types: []any{tensorboard.Writer{}},
		Values: func(t reflect.Type) []any {
			switch t {
			case reflect.TypeFor[*tensorboard.Writer]():
				return []any{w, &tensorboard.Writer{}}
			case reflect.TypeFor[io.Reader]():
				return []any{strings.NewReader("none"), strings.NewReader("")}
			case reflect.TypeFor[image.Image]():
				return []any{image.NewGray(image.Rect(0, 0, 1, 1)), (*image.Gray)(nil), &image.RGBA{}}
			}
			return nil
		},
	}.Run(t)
}

// TestEveryOptionHasAnEffect: a new field of a struct that says what to do has
// no entry and fails.
func TestEveryOptionHasAnEffect(t *testing.T) {
	written := func(c tensorboard.Config) string {
		path := filepath.Join(t.TempDir(), "tfevents")
		w, err := tensorboard.Open(path, c)
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		year := 0
		if err := tensorboard.ReadFile(path, func(e tensorboard.Event) error { year = e.Time.Year(); return nil }); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(year)
	}
	exported.Effects(t, map[string][][]string{
		"Config.Clock": {{written(tensorboard.Config{}), written(tensorboard.Config{Clock: func() time.Time { return time.Unix(0, 0) }})}},
	}, "Event", "Value", "Picture", "Histogram")
}
