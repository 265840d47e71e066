package tensorboard

import (
	"image"
	"io"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/appendfile"
)

// Config says how to write. The zero value is usable.
type Config struct {
	Clock func() time.Time // of the events; nil means time.Now
}

// Writer appends events to a file. One goroutine may use it at a time, and one
// Writer a file.
type Writer struct {
	clock func() time.Time
	file  *appendfile.File
	b     []byte // reused
	data  []byte
}

// Open opens an event file, or makes it in a folder that exists. A last record that
// is not complete is cut off; any other damage is an error, and the file is left
// alone, as is one that holds no events. TensorBoard wants tfevents in its name.
func Open(path string, c Config) (*Writer, error) {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	file, err := appendfile.Open(path, whole)
	if err != nil {
		return nil, errors.WithMessage(err, "tensorboard: open")
	}
	w := &Writer{clock: c.Clock, file: file}
	if file.Size() == 0 {
		if err := w.write(Event{Version: version}); err != nil {
			file.Close()
			return nil, err
		}
	}
	return w, nil
}

// whole returns where the last whole record of a log ends.
func whole(r io.Reader) (int64, error) {
	end, err := scan(r, func(Event) error { return nil })
	if errors.Is(err, ErrCut) {
		err = nil
	}
	return end, err
}

var errClosed = errors.New("tensorboard: the Writer is not open: use Open")

func (w *Writer) write(e Event) error {
	if w == nil || w.file == nil {
		return errClosed
	}
	e.Time = w.clock()
	w.data = e.append(w.data[:0])
	w.b = appendRecord(w.b[:0], w.data)
	return errors.WithMessagef(w.file.Append(w.b), "tensorboard: step %d", e.Step)
}

func (w *Writer) add(step int, values ...Value) error {
	if step < 0 {
		return errors.Errorf("tensorboard: step %d, want 0 or more", step)
	}
	for _, v := range values {
		if v.Tag == "" || !utf8.ValidString(v.Tag) {
			return errors.Errorf("tensorboard: step %d: the tag %.200q, want a text in UTF-8", step, v.Tag)
		}
	}
	return w.write(Event{Step: int64(step), Values: values})
}

// Scalars writes numbers of a step, by their tags, in sorted order; those with a
// common beginning up to a slash are shown together. The format has float32: what
// is larger becomes infinite.
func (w *Writer) Scalars(step int, values map[string]float64) error {
	var all []Value
	for _, tag := range slices.Sorted(maps.Keys(values)) {
		all = append(all, Value{Tag: tag, Scalar: float32(values[tag])})
	}
	if all == nil {
		return nil
	}
	return w.add(step, all...)
}

// Image writes a picture of a step.
func (w *Writer) Image(step int, tag string, m image.Image) error {
	p, err := newPicture(m)
	if err != nil {
		return errors.WithMessagef(err, "tensorboard: step %d, %.200q", step, tag)
	}
	return w.add(step, Value{Tag: tag, Picture: p})
}

// Histogram writes how some numbers of a step are spread, such as those of a
// parameter.
func (w *Writer) Histogram(step int, tag string, x []float64) error {
	h, err := newHistogram(x)
	if err != nil {
		return errors.WithMessagef(err, "tensorboard: step %d, %.200q", step, tag)
	}
	return w.add(step, Value{Tag: tag, Histogram: h})
}

// Rewind takes back what was written from the first event on that is of a later
// step, for training that goes on from that step and will write it again.
func (w *Writer) Rewind(step int) error {
	if w == nil || w.file == nil {
		return errClosed
	}
	later := errors.New("later")
	return errors.WithMessagef(w.file.Rewind(func(r io.Reader) (int64, error) {
		end, err := scan(r, func(e Event) error {
			if e.Version == "" && e.Step > int64(step) {
				return later
			}
			return nil
		})
		if err == later {
			err = nil
		}
		return end, err
	}), "tensorboard: rewind to step %d", step)
}

// MarshalBinary flushes the file to the disk and returns where it ends: the state
// for a checkpoint (checkpoint.Config.State).
func (w *Writer) MarshalBinary() ([]byte, error) {
	if w == nil || w.file == nil {
		return nil, errClosed
	}
	state, err := w.file.Mark()
	return state, errors.WithMessage(err, "tensorboard: mark")
}

// UnmarshalBinary takes back what was written since MarshalBinary returned the
// state, for training that goes on from there and will write it again. A file that
// is shorter is an error.
func (w *Writer) UnmarshalBinary(state []byte) error {
	if w == nil || w.file == nil {
		return errClosed
	}
	return errors.WithMessage(w.file.Return(state, whole), "tensorboard: take back")
}

// Sync flushes the file to the disk.
func (w *Writer) Sync() error {
	if w == nil || w.file == nil {
		return errClosed
	}
	return errors.WithMessage(w.file.Sync(), "tensorboard: sync")
}

// Close flushes the file to the disk and closes it; the second time it does
// nothing.
func (w *Writer) Close() error {
	if w == nil || w.file == nil {
		return nil
	}
	file := w.file
	w.file = nil
	return errors.WithMessage(file.Close(), "tensorboard: close")
}
