package report_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/report"
)

// show is what a Progress writes of two epochs, of which a step takes a second and
// what comes after the steps two. Bounds, which TestLog looks at, are B.
func show(t *testing.T, p report.Progress) string {
	t.Helper()
	var b bytes.Buffer
	now := time.Unix(0, 0)
	p.To, p.Clock = &b, func() time.Time { return now }
	err := fit(t, func(s trainers.Step) error { now = now.Add(time.Second); return p.OnStep(s) },
		func(e trainers.Epoch) error { now = now.Add(2 * time.Second); return p.OnEpoch(e) })
	if err == nil {
		err = p.Close()
	}
	if err != nil {
		return "error " + err.Error()
	}
	return regexp.MustCompile(`bound -\d+\.\d\d`).ReplaceAllString(b.String(), "B")
}

// After s seconds from the end of step 1 of 6, at a share d of the steps, the rest
// takes s(1−d)/(d−⅙).
func TestProgress(t *testing.T) {
	for name, c := range map[string]struct {
		p    report.Progress
		want string
	}{
		"by the epoch": {report.Progress{}, `
epoch 1/2: B, test B, 3 examples/s, 6s left
epoch 2/2: B, test B, 3 examples/s
`},
		"by the second": {report.Progress{Every: time.Second, Unit: "rows"}, `
epoch 1/2, step 2/3: B, 1 rows/s, 4s left
epoch 1/2, step 3/3: B, 1 rows/s, 3s left
epoch 1/2: B, test B, 3 rows/s, 6s left
epoch 2/2, step 1/3: B, 3s left
epoch 2/2, step 2/3: B, 1 rows/s, 2s left
epoch 2/2, step 3/3: B, 1 rows/s
epoch 2/2: B, test B, 3 rows/s
`},
		"by two seconds": {report.Progress{Every: 2 * time.Second, Metric: "kl"}, `
epoch 1/2, step 3/3: kl 0.00, 1 examples/s, 3s left
epoch 1/2: kl 0.00, test kl 0.00, 3 examples/s, 6s left
epoch 2/2, step 2/3: kl 0.00, 1 examples/s, 2s left
epoch 2/2: kl 0.00, test kl 0.00, 3 examples/s
`},
		"on a terminal": {report.Progress{Terminal: true}, "\n" +
			"\repoch 1/2, step 2/3: B, 1 examples/s, 4s left\x1b[K\repoch 1/2, step 3/3: B, 1 examples/s, 3s left\x1b[K\repoch 1/2: B, test B, 3 examples/s, 6s left\x1b[K\n" +
			"\repoch 2/2, step 1/3: B, 3s left\x1b[K\repoch 2/2, step 2/3: B, 1 examples/s, 2s left\x1b[K\repoch 2/2, step 3/3: B, 1 examples/s\x1b[K\repoch 2/2: B, test B, 3 examples/s\x1b[K\n"},
	} {
		if got := "\n" + show(t, c.p); got != c.want {
			t.Errorf("%s: %q\nwant %q", name, got, c.want)
		}
	}
}

// Batches that do not know their number show none, and the time left by the epochs.
func TestProgressOfAStream(t *testing.T) {
	var b bytes.Buffer
	now := time.Unix(0, 0)
	p := report.Progress{To: &b, Clock: func() time.Time { return now }, Metric: "loss"}
	for epoch := 1; epoch <= 3; epoch++ {
		for step := 1; step <= 2; step++ {
			now = now.Add(time.Minute)
			if err := p.OnStep(trainers.Step{Epoch: epoch, Epochs: 3, Step: step, Steps: -1, Number: 2*epoch + step - 2, Rows: 5}); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.OnEpoch(trainers.Epoch{Epoch: epoch}); err != nil {
			t.Fatal(err)
		}
	}
	if want := "epoch 1/3: 2m0s left\nepoch 2/3: 1m30s left\nepoch 3/3\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

// A fit that ends amid an epoch leaves a line that Close ends, once.
func TestProgressOfAnEndedFit(t *testing.T) {
	var b bytes.Buffer
	now := time.Unix(0, 0)
	p := &report.Progress{To: &b, Terminal: true, Clock: func() time.Time { return now }}
	if err := fit(t, func(s trainers.Step) error {
		now = now.Add(time.Second)
		if s.Number == 3 {
			return trainers.Stop
		}
		return p.OnStep(s)
	}, p.OnEpoch); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.String(); !strings.HasPrefix(got, "\repoch 1/2, step 2/3: ") || !strings.HasSuffix(got, "\x1b[K\n") || strings.Count(got, "\n") != 1 {
		t.Errorf("%q", got)
	}
}

// closed is a writer that fails.
type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, fs.ErrClosed }

func TestProgressErrors(t *testing.T) {
	for want, p := range map[string]*report.Progress{
		"report: the Progress is nil or has nowhere to write To":    {},
		"report: the Progress is nil or has nowhere to write To: u": nil,
		"report: Progress Every -1ns, want 0 or more":               {To: closed{}, Every: -1},
	} {
		if err := fit(t, p.OnStep, p.OnEpoch); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	p := &report.Progress{To: closed{}} // which ends no fit
	if err := fit(t, p.OnStep, p.OnEpoch); err != nil {
		t.Error(err)
	}
	if err := p.Close(); err == nil || err.Error() != "report: progress: file already closed" {
		t.Errorf("error %v", err)
	}
	if err := (&report.Progress{To: closed{}, Every: 1}).OnStep(trainers.Step{Number: 1}); err != nil {
		t.Errorf("the first step shows something: %v", err)
	}
	p = &report.Progress{To: closed{}, Every: 1}
	err := errors.Join(p.OnStep(trainers.Step{Number: 1}), p.OnStep(trainers.Step{Number: 2}))
	if err == nil || err.Error() != "report: trainers: the Step is not one that OnStep is told of" {
		t.Errorf("error %v", err)
	}
}

// A file is no terminal, and nor is what is no file.
func TestNewProgress(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if report.NewProgress(f).Terminal || report.NewProgress(&bytes.Buffer{}).Terminal || report.NewProgress((*os.File)(nil)).Terminal || report.NewProgress(nil).Terminal {
		t.Error("a file is taken for a terminal")
	}
}
