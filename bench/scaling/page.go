package main

import (
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/atomicfile"
	"github.com/latentgo/latent/internal/kernel"
)

// text is the page without its tables: the line {name} stands for that of a sweep.
//
//go:embed scaling.md
var text string

// writePage writes scaling.md and its picture into a folder.
func writePage(folder string, all []measured) error {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return errors.Wrap(err, "-page")
	}
	page := strings.ReplaceAll(text, "{kernels}", kernel.Active().String())
	for _, m := range all {
		page = strings.ReplaceAll(page, fmt.Sprintf("{%s}", m.name), fmt.Sprintf("`%s`: %s\n\n%s", m.name, m.about, strings.TrimSpace(m.table())))
	}
	err := atomicfile.Write(filepath.Join(folder, "scaling.png"), func(w io.Writer) error { return picture(w, all) })
	if err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(folder, "scaling.md"), func(w io.Writer) error {
		_, err := io.WriteString(w, page)
		return errors.Wrap(err, "scaling.md")
	})
}
