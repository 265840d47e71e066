package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/bench"
)

func gradvar(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(context.Background(), args, &out)
	return out.String(), err
}

func TestOutputs(t *testing.T) {
	dir := t.TempDir()
	args := []string{"-problem", "mixed", "-draws", ".002"}
	text, err := gradvar(t, append(args, "-png", dir)...)
	if err != nil || !strings.Contains(text, "mixed, start: ") || !strings.Contains(text, "Pathwise; DisARM") {
		t.Errorf("%v\n%s", err, text)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "mixed-start.png")); err != nil || !bytes.HasPrefix(b, []byte("\x89PNG")) {
		t.Errorf("figure: %v", err)
	}
	text, err = gradvar(t, append(args, "-json", "-region")...)
	if err != nil {
		t.Fatal(err)
	}
	objects := strings.Split(strings.TrimSpace(text), "\n")
	for _, line := range objects {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil || len(row) != len(bench.Columns) {
			t.Errorf("%v: %s", err, line)
		}
		for _, name := range bench.Columns {
			if _, ok := row[name]; !ok {
				t.Errorf("no %s in %s", name, line)
			}
		}
	}
	text, err = gradvar(t, append(args, "-csv", "-region")...)
	if err != nil {
		t.Fatal(err)
	}
	table, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(table) != len(objects)+1 || strings.Join(table[0], " ") != strings.Join(bench.Columns, " ") {
		t.Errorf("%v: %d rows of CSV and %d of JSON", err, len(table), len(objects))
	}
}

// A page has a section for each problem, with figures inside of it, and another for
// what -study left, which is not run twice and does not depend on a break.
func TestReportAndStudy(t *testing.T) {
	dir := t.TempDir()
	page := func(args ...string) string {
		t.Helper()
		path := filepath.Join(dir, "report.html")
		if _, err := gradvar(t, append(args, "-report", path)...); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if text := page("-problem", "mixed", "-draws", ".002"); strings.Count(text, "data:image/png;base64,") != 4 || !strings.Contains(text, "Pathwise; DisARM") {
		t.Errorf("%d figures in a page of %d bytes", strings.Count(text, "data:image/png;base64,"), len(text))
	}
	study := []string{"-study", dir, "-problem", "linear784", "-quick", "-draws", ".1", "-steps", "4", "-evaluations", "2", "-estimator", "RODEO"}
	first, err := gradvar(t, study...)
	if err != nil || strings.Count(first, "\n") != 4 {
		t.Fatalf("%v: %s", err, first)
	}
	if again, err := gradvar(t, study...); err != nil || again != first {
		t.Errorf("%v: a second run says %s, the first %s", err, again, first)
	}
	if text := page("-study", dir); !strings.Contains(text, "trainings of linear784, 2 evaluations") || !strings.Contains(text, "<td>RODEO</td><td>1</td><td>4</td>") {
		t.Errorf("the page of the study: %d bytes", len(text))
	}
	if table, err := gradvar(t, "-study", dir, "-markdown"); err != nil || !strings.Contains(table, "\n| RODEO | 1 | 4 |") {
		t.Errorf("%v: the table of the study: %s", err, table)
	}
	if _, err := gradvar(t, "-study", t.TempDir(), "-markdown"); err == nil || !strings.Contains(err.Error(), "no results in it") {
		t.Errorf("a study without results: %v", err)
	}
}

// withoutTimes cuts off the columns of a table of Markdown that are not the same
// in every run: ms and var·ms, the last two. What is left of a page made by
// -markdown is current if it is equal to that of a new run.
func withoutTimes(table string) string {
	var lines []string
	for _, l := range strings.Split(table, "\n") {
		if cells := strings.Split(l, " | "); len(cells) == len(tableHead) {
			l = strings.Join(cells[:len(cells)-2], " | ")
		}
		lines = append(lines, l)
	}
	return strings.Join(lines, "\n")
}

// A table of Markdown has every row in cells, and but for the times it is a
// function of the seed.
func TestMarkdownRepeats(t *testing.T) {
	args := []string{"-markdown", "-problem", "mixed", "-draws", ".03"}
	first, err := gradvar(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	again, err := gradvar(t, args...)
	if err != nil || withoutTimes(first) != withoutTimes(again) {
		t.Errorf("%v: two runs differ:\n%s%s", err, first, again)
	}
	if other, err := gradvar(t, append(args, "-seed", "2")...); err != nil || withoutTimes(first) == withoutTimes(other) {
		t.Errorf("%v: another seed gives the same", err)
	}
	rows := 0
	for _, l := range strings.Split(first, "\n") {
		if strings.HasPrefix(l, "| ELBO") {
			if rows++; strings.Count(l, " | ") != len(tableHead)-1 {
				t.Errorf("cells of %q", l)
			}
		}
	}
	if want := 3 * len(mixedSites().cases); rows != want || !strings.HasPrefix(first, "### mixed, start\n") {
		t.Errorf("%d rows, want %d:\n%s", rows, want, first)
	}
}

// A row without an interval says so wherever it is printed.
func TestNoIntervalIsPrinted(t *testing.T) {
	row := func(draws, most int) bench.Row {
		t.Helper()
		p := mixedSites()
		params, err := p.points[0].params(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		rows, err := bench.GradientVariance(context.Background(), p.model, p.data, p.cases[:1], bench.Config{Params: params, Draws: draws, Most: most, Group: p.group})
		if err != nil {
			t.Fatal(err)
		}
		return rows[0]
	}
	few, many := row(10, 10), row(10, 10000)
	if few.NoInterval == "" || !strings.Contains(strings.Join(tableRow(few), " "), "[no interval]") {
		t.Errorf("ten draws have %+v", few)
	}
	if b, err := json.Marshal(few); err != nil || !strings.Contains(string(b), `"var_lo":null,"var_hi":null`) || strings.Contains(string(b), `"no_interval":""`) {
		t.Errorf("%v: %s", err, b)
	}
	if many.NoInterval != "" || many.Draws <= 10 || strings.Contains(strings.Join(tableRow(many), " "), "no interval") {
		t.Errorf("up to ten thousand have %+v", many)
	}
}

func TestCheckFailsOnBias(t *testing.T) {
	p := printer{w: &bytes.Buffer{}}
	rows := rowsAt(t, beliefNet(), beliefNet().points[1], .1, func(c bench.Case) bool { return c.Biased })
	if err := p.findings(bench.Check(rows, .01)); err != nil {
		t.Errorf("declared biased: %v", err)
	}
	b := beliefNet()
	for i := range b.cases {
		b.cases[i].Biased = false
	}
	rows = rowsAt(t, b, b.points[1], .1, func(c bench.Case) bool { return c.Estimator == "StraightThrough" })
	if err := p.findings(bench.Check(rows, .01)); !errors.Is(err, errBiased) {
		t.Errorf("not declared: %v", err)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-problem bogus", "-problem bogus: want linear, sbn, mixed, logistic, classes, hierarchy, vae, bayes, linear784, nonlinear784 or two784"},
		{"-study x -problem sbn", "nothing to train"},
		{"-evaluations 5", "-evaluations 5: want 2, 3 or 4"},
		{"-problem sbn -estimator bogus", "-estimator bogus: problem sbn has none"},
		{"-steps 0", "-steps 0: want 1 or more"},
		{"-draws 0", "-draws 0: want a number up to 1000"},
		{"-json -csv", "choose one"},
		{"-check -json", "choose one"},
		{"-markdown -csv", "choose one"},
		{"-check -problem vae", "-check of vae: nothing to test, the exact gradient is not known"},
		{"-check -problem bayes", "-check of bayes: nothing to test, the exact gradient is not known"},
		{"what", `unexpected argument "what"`},
	} {
		if _, err := gradvar(t, strings.Fields(c.args)...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("gradvar %s: error %v, want %s", c.args, err, c.want)
		}
	}
}
