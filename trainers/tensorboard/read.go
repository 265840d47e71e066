package tensorboard

import (
	"bufio"
	"io"
	"os"
	"strings"

	"github.com/pkg/errors"
)

// version is that of event files.
const version = "brain.Event:2"

// Read calls each for the events of a file in turn. An error of each ends the
// reading and is returned; one of a last record that is not complete is ErrCut.
func Read(r io.Reader, each func(Event) error) error {
	if r == nil || each == nil {
		return errors.New("tensorboard: nothing to read from, or no function to tell")
	}
	_, err := scan(r, each)
	return errors.WithMessage(err, "tensorboard")
}

// ReadFile is Read of the file at path. Its errors name the path.
func ReadFile(path string, each func(Event) error) error {
	f, err := os.Open(path)
	if err != nil {
		return errors.Wrap(err, "tensorboard")
	}
	defer f.Close()
	if each == nil {
		return errors.New("tensorboard: no function to tell")
	}
	_, err = scan(f, each)
	return errors.WithMessagef(err, "tensorboard: %s", path)
}

// scan is Read, and returns where the last event ends that each accepted.
func scan(r io.Reader, each func(Event) error) (end int64, err error) {
	s := scanner{r: bufio.NewReaderSize(r, 1<<16)}
	for first := true; ; first = false {
		end = s.at
		data, err := s.next()
		switch {
		case err == io.EOF:
			return end, nil
		case errors.Is(err, ErrCut):
			return end, errors.WithMessagef(err, "record at byte %d", end)
		case err != nil:
			return end, err
		}
		e, err := decode(data)
		if err == nil && first && !strings.HasPrefix(e.Version, "brain.Event:") {
			err = errors.Errorf("the version %.200q, want %s", e.Version, version)
		}
		if err != nil {
			return end, errors.WithMessagef(err, "record at byte %d", end)
		}
		if err := each(e); err != nil {
			return end, err
		}
	}
}
