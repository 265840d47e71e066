package main

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The page has the table of every sweep, and its picture is one.
func TestPage(t *testing.T) {
	folder := t.TempDir()
	var all []measured
	for _, s := range sweeps {
		all = append(all, measured{s, []point{{size: 10, ms: [2]float64{1, .5}, flops: 100, arena: 2}, {size: 20, ms: [2]float64{2, .8}, flops: 120, arena: 3}}})
	}
	if err := writePage(folder, all); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(folder, "scaling.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sweeps {
		if !strings.Contains(string(page), "`"+s.name+"`: "+s.about+"\n\n| "+s.name+" |") || strings.Contains(string(page), "{"+s.name+"}") {
			t.Errorf("no table of %s in\n%s", s.name, page)
		}
	}
	f, err := os.Open(filepath.Join(folder, "scaling.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if c, err := png.DecodeConfig(f); err != nil || c.Width < 500 {
		t.Errorf("the picture: %+v, %v", c, err)
	}
}

// What is measured is written as a table.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(strings.Fields("-only draws -most 2 -seconds .001 -rounds 2"), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[0], "| draws | one processor, ms |") || !strings.HasPrefix(lines[2], "| 1 | ") || !strings.HasPrefix(lines[3], "| 2 | ") {
		t.Errorf("%s", out.String())
	}
}

// A step counts the work of the size asked for, and a chain has about as many nodes.
func TestMeasure(t *testing.T) {
	var batches []point
	for _, rows := range []int{1, 64} {
		p, err := sweeps[0].measure(rows, .001)
		if err != nil {
			t.Fatal(err)
		}
		if p.ms[0] <= 0 || p.ms[1] <= 0 || p.flops <= 0 || p.arena <= 0 {
			t.Errorf("%d rows: %+v", rows, p)
		}
		batches = append(batches, p)
	}
	if r := batches[1].flops / batches[0].flops; r != 64 {
		t.Errorf("64 rows have %v times the products of one", r)
	}
	p, err := compile(3000)
	if err != nil {
		t.Fatal(err)
	}
	if p.size < 2000 || p.size > 5000 {
		t.Errorf("about 3000 nodes were %d", p.size)
	}
}

func TestRefuses(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"x", `unexpected argument "x"`},
		{"-only rows", "-only rows: there are batch, width, depth, draws, nodes"},
		{"-only batch -page x", "-page wants all sweeps: leave out -only"},
		{"-seconds 0", "-seconds 0: want more than 0"},
		{"-rounds 0", "-rounds 0: want 1 or more"},
		{"-most 0 -page " + t.TempDir(), "picture of batch: want two sizes or more, have 0"},
	} {
		if err := run(strings.Fields(c.args), &bytes.Buffer{}); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.args, err, c.want)
		}
	}
}
