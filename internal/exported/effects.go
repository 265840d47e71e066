package exported

import (
	"slices"
	"strings"
	"testing"
)

// Effects checks that every exported field of the structs of the package under
// test has changes that show it, and that each does: a pair of what is seen
// without and with the change must differ; of three the second must be "error …"
// with the third in it. The structs of results are left out.
func Effects(t *testing.T, all map[string][][]string, results ...string) {
	t.Helper()
	fields, err := Fields(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range fields {
		if of, _, _ := strings.Cut(field, "."); slices.Contains(results, of) {
			continue
		}
		if len(all[field]) == 0 {
			t.Errorf("%s has no change that shows it", field)
		}
		for _, c := range all[field] {
			switch refused := strings.HasPrefix(c[1], "error "); {
			case len(c) == 3 && !(refused && strings.Contains(c[1], c[2])):
				t.Errorf("%s: %s, want an error with %s", field, c[1], c[2])
			case len(c) == 2 && (refused || c[0] == c[1]):
				t.Errorf("%s shows nothing:\n%s\n%s", field, c[0], c[1])
			}
		}
		delete(all, field)
	}
	for field := range all {
		t.Errorf("%s is no option", field)
	}
}
