package exported

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestFieldsAndFuncs(t *testing.T) {
	dir := t.TempDir()
	source := `package p
type (
	A struct { B, c int; D string; E; *f; *G; io.Reader }
	b struct { C int }
	H []struct{ I int }
)
func g() { type Local struct { X int } }
func F[T any]() {}
func (A) M() {}
func (*H) N() {}
func (b) O() {}
func (a A) p() {}
`
	if err := os.WriteFile(filepath.Join(dir, "p.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "p_test.go"), []byte("package p\ntype T struct{ U int }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Fields(dir)
	if want := []string{"A.B", "A.D", "A.E", "A.G", "A.Reader"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("fields %v, want %v, error %v", got, want, err)
	}
	got, err = Funcs(dir)
	if want := []string{"A.M", "F", "H.N"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("functions %v, want %v, error %v", got, want, err)
	}
	if _, err := Fields(t.TempDir()); err == nil {
		t.Error("a folder without Go files has fields")
	}
}
