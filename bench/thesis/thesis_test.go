package main

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func thesis(args ...string) (string, error) {
	var out bytes.Buffer
	err := run(context.Background(), args, &out, io.Discard)
	return out.String(), err
}

// All cells of all tables run, small and short, and give the figures that the page
// shows.
func TestQuick(t *testing.T) {
	for _, tab := range tables {
		out, err := thesis("-quick", tab.name)
		if err != nil {
			t.Errorf("%s: %v", tab.name, err)
			continue
		}
		for _, f := range tab.shown {
			if !strings.Contains(out, f+" ") {
				t.Errorf("%s: no figure %q in\n%s", tab.name, f, out)
			}
		}
		if strings.Contains(out, "NaN") || strings.Contains(out, "Inf") {
			t.Errorf("%s:\n%s", tab.name, out)
		}
	}
}

// A cell that is done is kept: a second run adds what is missing.
func TestResumesWithWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	first, err := thesis("-quick", "-out", dir, "-only", "latents=3 method=AEVB", "aevb")
	if err != nil {
		t.Fatal(err)
	}
	before, err := readResults(dir, "aevb")
	if err != nil || len(before) != 1 {
		t.Fatalf("%d rows (%v), want 1", len(before), err)
	}
	second, err := thesis("-quick", "-out", dir, "-only", "latents=3 ", "aevb")
	if err != nil {
		t.Fatal(err)
	}
	after, err := readResults(dir, "aevb")
	if err != nil || len(after) != 2 || after[0].Seconds != before[0].Seconds {
		t.Errorf("%d rows (%v), want the first as it was and another:\n%s", len(after), err, second)
	}
	if !strings.Contains(second, strings.Replace(strings.TrimSpace(first), ": ", " (kept): ", 1)) {
		t.Errorf("the second run says\n%s\nand not what the first did\n%s", second, first)
	}
	if aevb.cells(&lab{})[0].labels.String() != before[0].Labels.String() || before[0].is(aevb.cells(&lab{})[0], false) {
		t.Error("a quick run counts as a whole one")
	}
	if _, err := thesis("-page", dir, "-out", dir); err != nil {
		t.Fatal(err)
	}
	if out, err := os.ReadFile(filepath.Join(dir, "thesis.md")); err != nil || strings.Count(string(out), "Not run yet") != len(tables) {
		t.Errorf("the page shows quick runs (%v):\n%s", err, out)
	}
	var page strings.Builder
	aevb.markdown(&page, after)
	if !strings.Contains(page.String(), "*-141.30*") {
		t.Errorf("the published figure is not in\n%s", page.String())
	}
	if err := os.WriteFile(filepath.Join(dir, "aevb.json"), []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := thesis("-quick", "-out", dir, "aevb"); err == nil || !strings.Contains(err.Error(), "aevb.json") {
		t.Errorf("a broken file of results: %v", err)
	}
}

// docs/thesis.md is what the command writes, with all of its pictures.
func TestThePageIsCurrent(t *testing.T) {
	dir, docs := t.TempDir(), filepath.Join("..", "..", "docs")
	if _, err := thesis("-page", dir, "-out", "results"); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(dir, "thesis.md"))
	if err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile(filepath.Join(docs, "thesis.md"))
	if err != nil || !bytes.Equal(have, want) {
		t.Errorf("docs/thesis.md is not what the results say (%v): go run ./bench/thesis -page docs", err)
	}
	for _, tab := range tables {
		name := filepath.Join("thesis", tab.name+".png")
		if strings.Contains(string(want), "("+filepath.ToSlash(name)+")") {
			samePicture(t, filepath.Join(dir, name), filepath.Join(docs, name))
		}
	}
}

// samePicture compares pictures pixel by pixel: a few may differ by how lines are
// rounded on another processor.
func samePicture(t *testing.T, paths ...string) {
	t.Helper()
	var pictures []image.Image
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			return
		}
		p, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		pictures = append(pictures, p)
	}
	size := pictures[0].Bounds()
	if pictures[1].Bounds() != size {
		t.Errorf("%s is of %v, want %v: go run ./bench/thesis -page docs", paths[1], pictures[1].Bounds(), size)
		return
	}
	other, ink := 0, 0
	for y := range size.Max.Y {
		for x := range size.Max.X {
			a, b := color.GrayModel.Convert(pictures[0].At(x, y)), color.GrayModel.Convert(pictures[1].At(x, y))
			if a != (color.Gray{Y: 255}) {
				ink++
			}
			if a != b {
				other++
			}
		}
	}
	if ink < size.Max.X || 100*other > ink {
		t.Errorf("%s: %d pixels of %d that are not white differ: go run ./bench/thesis -page docs", paths[1], other, ink)
	}
}

// What two rows differ by is measured block by block, so that what the pictures
// have in common drops out.
func TestCompareIsPaired(t *testing.T) {
	r := func(guide string, blocks ...float64) row {
		return row{Labels: labels{"guide": guide}, Seed: 1, result: result{Blocks: blocks}}
	}
	var b strings.Builder
	ladder.compare(&b, []row{r("plain", -90, -50, -130), r("ladder", -88, -49, -127)})
	if want := "ladder − plain = 2.00 ± 0.58 nats"; !strings.Contains(b.String(), want) {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

func TestFlags(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"nonsense", `no table "nonsense"`},
		{"aevb", "wants -data"},
		{"-quick -data x aevb", "takes no -data"},
		{"aevb ladder", `unexpected argument "ladder"`},
		{"-page x aevb", "-page is of all tables"},
		{"-page x -quick", "-quick leaves none"},
		{"-only x", "are of a table"},
		{"-quick -only xyz aevb", "no cell"},
	} {
		if _, err := thesis(strings.Fields(c.args)...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.args, err, c.want)
		}
	}
	if out, err := thesis(); err != nil || strings.Count(out, "\n") != len(tables) {
		t.Errorf("without arguments (%v):\n%s", err, out)
	}
}
