package probtest

import (
	"fmt"
	"strings"

	"github.com/pkg/errors"
)

// findings collects what breaks a rule, the first few.
type findings struct {
	text string
	n    int
}

func (f *findings) add(format string, args ...any) {
	if f.n++; f.n <= 6 {
		f.text += "\n" + fmt.Sprintf(format, args...)
	}
}

func (f *findings) err() error {
	switch {
	case f.n == 0:
		return nil
	case f.n > 6:
		return errors.Errorf("%s\n… %d findings in all", f.text[1:], f.n)
	}
	return errors.New(f.text[1:])
}

// first returns the first finding.
func (f *findings) first() string {
	line, _, _ := strings.Cut(f.text[1:], "\n")
	return line
}
