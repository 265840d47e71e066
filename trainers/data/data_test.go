package data_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/latentgo/latent/trainers/data"
)

// wantError checks an error of one line by its start.
func wantError(t *testing.T, err error, prefix string) {
	t.Helper()
	if err == nil || !strings.HasPrefix(err.Error(), prefix) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v\nwant  %s", err, prefix)
	}
}

// count is a set of n rows: "x" [n, 2] with row i equal to (i, i+½), and "y"
// [n, 1] in float64.
func count(t testing.TB, n int) *data.Set {
	t.Helper()
	x, y := make([]float32, 0, 2*n), make([]float64, n)
	for i := range n {
		x = append(x, float32(i), float32(i)+0.5)
		y[i] = float64(i) / 3
	}
	s, err := data.New(data.FromFlat("x", x, 2), data.FromFlat("y", y, 1))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// write makes a file in dir.
func write(t testing.TB, dir, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
