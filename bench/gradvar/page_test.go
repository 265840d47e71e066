package main

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var number = regexp.MustCompile(`-?\d+(\.\d+)?(e[+-]\d+)?`)

// TestThePageIsCurrent holds docs/estimators.md against what the command prints
// today: every problem is there, the rows of one are run again, and the trainings kept in
// the folder results are shown. Numbers may differ by the rounding of other kernels.
func TestThePageIsCurrent(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "estimators.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := withoutTimes(string(b))
	for _, heading := range []string{"linear, near", "sbn, halfway", "mixed, start", "logistic, halfway", "classes, halfway", "hierarchy, halfway", "vae, 200 steps", "bayes, 10 epochs"} {
		if !strings.Contains(page, "\n### "+heading+"\n") {
			t.Errorf("the page has no problem %q", heading)
		}
	}
	now, err := gradvar(t, "-markdown", "-problem", "mixed")
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(page, "### mixed, start\n")
	part, _, _ = strings.Cut(part, "\n### ")
	_, now, _ = strings.Cut(withoutTimes(now), "### mixed, start\n")
	old, fresh := strings.Split(strings.TrimSpace(part), "\n"), strings.Split(strings.TrimSpace(now), "\n")
	if len(old) != len(fresh) {
		t.Fatalf("the page has %d lines of the problem, the command prints %d: write it anew", len(old), len(fresh))
	}
	for i := range old {
		if number.ReplaceAllString(old[i], "#") != number.ReplaceAllString(fresh[i], "#") {
			t.Errorf("the page says\n%s\nthe command\n%s", old[i], fresh[i])
			continue
		}
		was, is := number.FindAllString(old[i], -1), number.FindAllString(fresh[i], -1)
		for k := range was {
			x, _ := strconv.ParseFloat(was[k], 64)
			y, _ := strconv.ParseFloat(is[k], 64)
			if math.Abs(x-y) > .01+.05*math.Abs(x) {
				t.Errorf("the page says %s where the command prints %s:\n%s\n%s", was[k], is[k], old[i], fresh[i])
			}
		}
	}
	kept, err := gradvar(t, "-study", "results", "-markdown")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), strings.TrimSpace(kept)) {
		t.Errorf("the page has not what the kept trainings say:\n%s", kept)
	}
}
