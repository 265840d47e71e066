package report

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/pkg/errors"
	"golang.org/x/term"

	"github.com/latentgo/latent/trainers"
)

// Progress shows how far a fit is: a line after every epoch, with the bound, the
// examples a second and the time that is left, and within an epoch one of the steps.
// Its methods are Config.OnStep and Config.OnEpoch of trainers, or parts of them.
//
// On a terminal the line of the steps is written over and over, and gives way to
// that of the epoch; elsewhere each is a line of its own. What cannot be written
// ends no fit: nothing more is, and Close returns the error. The time left is that of
// all epochs that were asked for, at the mean pace so far, evaluation included.
type Progress struct {
	To       io.Writer
	Terminal bool             // To is one
	Every    time.Duration    // least time between lines of steps; 0 means .1 s on a terminal, elsewhere that there are none
	Metric   string           // "" means "bound"
	Unit     string           // what a row of data is called, in the plural; "" means "examples"
	Clock    func() time.Time // nil means time.Now

	epochs       int       // asked for
	since, epoch time.Time // when the first step that was told of ended; the first of this epoch
	from         float64   // how much of the fit was done then
	shown        time.Time // the last line of steps
	rows         int       // of the epoch since its first step
	open         bool      // a line of steps is on the terminal
	failed       error     // of the first write that did
}

// NewProgress returns a Progress to a writer, which it looks at to see whether it
// is a terminal.
func NewProgress(to io.Writer) *Progress {
	f, ok := to.(*os.File)
	return &Progress{To: to, Terminal: ok && f != nil && term.IsTerminal(int(f.Fd()))}
}

func (p *Progress) check() error {
	switch {
	case p == nil || p.To == nil:
		return errors.New("report: the Progress is nil or has nowhere to write To: use NewProgress")
	case p.Every < 0:
		return errors.Errorf("report: Progress Every %v, want 0 or more", p.Every)
	}
	return nil
}

func (p *Progress) now() time.Time {
	if p.Clock == nil {
		return time.Now()
	}
	return p.Clock()
}

// OnStep shows a step, if it is time to.
func (p *Progress) OnStep(s trainers.Step) error {
	if err := p.check(); err != nil {
		return err
	}
	now := p.now()
	if p.epochs = s.Epochs; p.since.IsZero() || s.Number == 1 {
		p.since, p.shown, p.from = now, now, done(s.Epoch-1, s.Step, s.Steps, s.Epochs)
	}
	if p.rows += s.Rows; s.Step == 1 || p.epoch.IsZero() {
		p.epoch, p.rows = now, 0
	}
	every := p.Every
	if every == 0 && p.Terminal {
		every = 100 * time.Millisecond
	}
	if every == 0 || now.Sub(p.shown) < every {
		return nil
	}
	p.shown = now
	means, err := s.Means()
	if err != nil {
		return errors.WithMessage(err, "report")
	}
	where := fmt.Sprintf("epoch %d/%d, step %d", s.Epoch, s.Epochs, s.Step)
	if s.Steps > 0 {
		where += fmt.Sprintf("/%d", s.Steps)
	}
	pace := 0.
	if seconds := now.Sub(p.epoch).Seconds(); seconds > 0 {
		pace = float64(p.rows) / seconds
	}
	line := p.line(where, means, nil, pace, now, done(s.Epoch-1, s.Step, s.Steps, s.Epochs))
	if p.Terminal {
		p.open = true
		p.write("\r" + line + "\x1b[K")
	} else {
		p.write(line + "\n")
	}
	return nil
}

// OnEpoch shows an epoch.
func (p *Progress) OnEpoch(e trainers.Epoch) error {
	if err := p.check(); err != nil {
		return err
	}
	now := p.now()
	p.shown = now
	where := fmt.Sprintf("epoch %d", e.Epoch)
	if p.epochs > 0 {
		where += fmt.Sprintf("/%d", p.epochs)
	}
	line := p.line(where, e.Train, e.Test, e.ExamplesPerSecond, now, done(e.Epoch, 0, 1, p.epochs)) + "\n"
	if p.open {
		p.open = false
		line = "\r" + strings.TrimSuffix(line, "\n") + "\x1b[K\n"
	}
	p.write(line)
	return nil
}

// Close ends a line of steps that a fit which ended early has left on a terminal. It
// returns the first error of writing.
func (p *Progress) Close() error {
	if p == nil {
		return nil
	}
	if p.open {
		p.open = false
		p.write("\n")
	}
	return errors.Wrap(p.failed, "report: progress")
}

// done is how much of a fit is done after some epochs and steps; 0 if nobody knows.
func done(epochs, step, steps, of int) float64 {
	if of < 1 {
		return 0
	}
	d := float64(epochs)
	if steps > 0 {
		d += float64(step) / float64(steps)
	}
	return d / float64(of)
}

// line is what is shown of a place in the fit.
func (p *Progress) line(where string, train, test map[string]float64, pace float64, now time.Time, done float64) string {
	name, unit := cmp.Or(p.Metric, "bound"), cmp.Or(p.Unit, "examples")
	var parts []string
	if v, ok := train[name]; ok {
		parts = append(parts, fmt.Sprintf("%s %.2f", name, v))
	}
	if v, ok := test[name]; ok {
		parts = append(parts, fmt.Sprintf("test %s %.2f", name, v))
	}
	if pace > 0 {
		parts = append(parts, fmt.Sprintf("%.0f %s/s", pace, unit))
	}
	if more := done - p.from; !p.since.IsZero() && more > 0 && done < 1 {
		left := time.Duration(float64(now.Sub(p.since)) * (1 - done) / more)
		parts = append(parts, left.Round(time.Second).String()+" left")
	}
	if parts == nil {
		return where
	}
	return where + ": " + strings.Join(parts, ", ")
}

func (p *Progress) write(line string) {
	if p.failed == nil {
		_, p.failed = io.WriteString(p.To, line)
	}
}
