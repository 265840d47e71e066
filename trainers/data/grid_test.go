package data_test

import (
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/latentgo/latent/trainers/data"
)

func TestWriteGrid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "g.png")
	// Three pictures of 1×2 in two columns.
	if err := data.WriteGrid(path, []float32{0, 1, 0.5, -3, 7, 0.2}, []int{1, 2}, 2); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]uint32{{0, 255, 128, 0}, {255, 51, 0, 0}}
	if b := g.Bounds(); b.Dx() != 4 || b.Dy() != 2 {
		t.Fatalf("size %v", b)
	}
	for y, line := range want {
		for x, v := range line {
			if got, _, _, _ := g.At(x, y).RGBA(); got/257 != v {
				t.Errorf("pixel %d,%d is %d, want %d", x, y, got/257, v)
			}
		}
	}
}

func TestWriteGridErrors(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "g.png")
	four := []float32{0, 1, 2, float32(math.NaN())}
	for _, tt := range []struct {
		want    string
		images  []float32
		shape   []int
		columns int
	}{
		{"pictures of 0x2 in 1 columns, want positive sizes", four, []int{0, 2}, 1},
		{"pictures of 1x2 in 0 columns, want positive sizes", four, []int{1, 2}, 0},
		{"4 values do not make pictures of 1x3", four, []int{1, 3, 1}, 1},
		{"0 values do not make pictures of 1x1", nil, []int{1, 1}, 1},
		{fmt.Sprintf("4 values do not make pictures of %dx%[1]d", math.MaxInt), four, []int{math.MaxInt, math.MaxInt}, 1},
		{"picture 1 row 0 column 1 is NaN, want a finite value", four, []int{1, 2}, 1},
		{"pictures of shape [4], want [height width] or [height width 1]", four, []int{4}, 1},
		{"pictures of shape [1 1 3], want [height width] or [height width 1]", four, []int{1, 1, 3}, 1},
	} {
		wantError(t, data.WriteGrid(path, tt.images, tt.shape, tt.columns), "data: grid "+path+": "+tt.want)
	}
	if names, _ := os.ReadDir(dir); len(names) != 0 {
		t.Errorf("left behind: %v", names)
	}
	path = filepath.Join(dir, "none", "g.png")
	wantError(t, data.WriteGrid(path, four[:3], []int{1, 1}, 1), "data: grid "+path+": atomicfile: create: temporary file: open ")
}
