package outside

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocsRun runs the pages of docs: the Go blocks of a page, one after the
// other, are a program.
func TestDocsRun(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(root(t), "docs", "*.md"))
	if err != nil || pages == nil {
		t.Fatal("no pages", err)
	}
	for _, page := range pages {
		blocks := goBlocks(read(t, page))
		if blocks == "" {
			continue
		}
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Parallel()
			t.Log(outside(t, imports(blocks)+blocks, "run"))
		})
	}
}

// goBlocks returns the Go code of a page.
func goBlocks(page string) string {
	var code strings.Builder
	for _, b := range regexp.MustCompile("(?ms)^```go\n(.*?)^```").FindAllStringSubmatch(page, -1) {
		code.WriteString(b[1] + "\n")
	}
	return code.String()
}

// imports returns the head of a program that uses these packages.
func imports(code string) string {
	head := "package main\n\nimport (\n"
	for _, path := range []string{
		"context", "encoding/json", "errors", "fmt", "log", "math", "math/rand/v2", "net/http", "net/http/httptest", "os", "os/signal", "path/filepath", "reflect", "strings", "syscall",
		"gonum.org/v1/gonum/stat",
		"github.com/latentgo/latent/bench", "github.com/latentgo/latent/graph", "github.com/latentgo/latent/layers",
		"github.com/latentgo/latent/prob", "github.com/latentgo/latent/trainers", "github.com/latentgo/latent/trainers/checkpoint", "github.com/latentgo/latent/trainers/data",
		"github.com/latentgo/latent/trainers/report", "github.com/latentgo/latent/trainers/tensorboard",
		"github.com/latentgo/latent/vi", "github.com/latentgo/latent/vi/guide", "github.com/latentgo/latent/vi/mcmc",
		"github.com/latentgo/latent/vi/serve", "github.com/latentgo/latent/vi/serve/oip",
	} {
		if regexp.MustCompile(`\b` + filepath.Base(strings.TrimSuffix(path, "/v2")) + `\.[A-Z]`).MatchString(code) {
			head += "\t\"" + path + "\"\n"
		}
	}
	return head + ")\n\n"
}
