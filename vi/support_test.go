package vi_test

import (
	"os"
	"strings"
	"testing"

	"github.com/latentgo/latent/vi"
)

func TestSupportMatrixStandsInTheDocumentation(t *testing.T) {
	doc, err := os.ReadFile("vi.go")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for line := range strings.Lines(vi.SupportMatrix()) {
		want.WriteString("//\t" + line)
	}
	if !strings.Contains(string(doc), want.String()) {
		t.Errorf("the package comment in vi.go wants the matrix:\n%s", want.String())
	}
}
