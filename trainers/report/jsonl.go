package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/appendfile"
)

// JSONL appends to a file of JSON lines: an object with the step and the numbers of
// each record, {"step":600,"train/bound":-101.5}. What is not finite is "NaN",
// "Infinity" or "-Infinity", as in the JSON of protocol buffers. One goroutine may
// use it at a time, and one JSONL a file.
type JSONL struct{ file *appendfile.File }

var _ Sink = (*JSONL)(nil)

// OpenJSONL opens the file at path, or makes it in a folder that exists. A last
// line that is not complete is cut off; any other damage is an error, and the file
// is left alone, as is one that is no such log.
func OpenJSONL(path string) (*JSONL, error) {
	file, err := appendfile.Open(path, whole)
	if err != nil {
		return nil, errors.WithMessage(err, "report: open")
	}
	return &JSONL{file}, nil
}

// whole returns where the last whole record of a log ends.
func whole(r io.Reader) (int64, error) {
	end, err := scan(r, func(int, map[string]float64) error { return nil })
	if errors.Is(err, ErrCut) {
		err = nil
	}
	return end, err
}

var errClosed = errors.New("report: the JSONL is not open: use OpenJSONL")

// stepKey is the name that the step has in a line.
const stepKey = "step"

// Scalars implements Sink. The name "step" is taken.
func (j *JSONL) Scalars(step int, values map[string]float64) error {
	if j == nil || j.file == nil {
		return errClosed
	}
	if step < 0 {
		return errors.Errorf("report: step %d, want 0 or more", step)
	}
	b := strconv.AppendInt([]byte(`{"`+stepKey+`":`), int64(step), 10)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name == stepKey || !utf8.ValidString(name) {
			return errors.Errorf("report: step %d: the name %.200q, which is the step's or not UTF-8", step, name)
		}
		key, err := json.Marshal(name)
		if err != nil {
			return errors.Wrapf(err, "report: step %d", step)
		}
		b = append(append(append(b, ','), key...), ':')
		switch v := values[name]; {
		case math.IsNaN(v):
			b = append(b, `"NaN"`...)
		case math.IsInf(v, 0):
			b = append(b, infinities[v > 0]...)
		default:
			b = strconv.AppendFloat(b, v, 'g', -1, 64)
		}
	}
	return errors.WithMessagef(j.file.Append(append(b, "}\n"...)), "report: step %d", step)
}

var infinities = map[bool]string{true: `"Infinity"`, false: `"-Infinity"`}

// Rewind takes back what was written from the first line on that is of a later
// step, for training that goes on from that step and will write it again.
func (j *JSONL) Rewind(step int) error {
	if j == nil || j.file == nil {
		return errClosed
	}
	later := errors.New("later")
	return errors.WithMessagef(j.file.Rewind(func(r io.Reader) (int64, error) {
		end, err := scan(r, func(at int, _ map[string]float64) error {
			if at > step {
				return later
			}
			return nil
		})
		if err == later {
			err = nil
		}
		return end, err
	}), "report: rewind to step %d", step)
}

// MarshalBinary flushes the file to the disk and returns where it ends: the state
// for a checkpoint (checkpoint.Config.State).
func (j *JSONL) MarshalBinary() ([]byte, error) {
	if j == nil || j.file == nil {
		return nil, errClosed
	}
	state, err := j.file.Mark()
	return state, errors.WithMessage(err, "report: mark")
}

// UnmarshalBinary takes back what was written since MarshalBinary returned the
// state, for training that goes on from there and will write it again. A file that
// is shorter is an error.
func (j *JSONL) UnmarshalBinary(state []byte) error {
	if j == nil || j.file == nil {
		return errClosed
	}
	return errors.WithMessage(j.file.Return(state, whole), "report: take back")
}

// Sync flushes the file to the disk.
func (j *JSONL) Sync() error {
	if j == nil || j.file == nil {
		return errClosed
	}
	return errors.WithMessage(j.file.Sync(), "report: sync")
}

// Close flushes the file to the disk and closes it; the second time it does
// nothing.
func (j *JSONL) Close() error {
	if j == nil || j.file == nil {
		return nil
	}
	file := j.file
	j.file = nil
	return errors.WithMessage(file.Close(), "report: close")
}

// ErrCut is found by errors.Is in what ReadJSONL returns of a file whose last line
// is not complete. All before it were read.
var ErrCut = errors.New("the last line is cut off")

// ReadJSONL calls each for the lines of the file at path in turn. An error of each
// ends the reading and is returned; one of a last line that is not complete is
// ErrCut.
func ReadJSONL(path string, each func(step int, values map[string]float64) error) error {
	if each == nil {
		return errors.New("report: no function to tell")
	}
	f, err := os.Open(path)
	if err != nil {
		return errors.Wrap(err, "report")
	}
	defer f.Close()
	_, err = scan(f, each)
	return errors.WithMessagef(err, "report: %s", path)
}

// scan reads lines and returns where the last one ends that each accepted.
func scan(r io.Reader, each func(step int, values map[string]float64) error) (end int64, err error) {
	b := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := b.ReadBytes('\n')
		switch {
		case err == io.EOF && len(line) == 0:
			return end, nil
		case err == io.EOF && n == 1 && !begins(line):
			return end, errors.Errorf("line 1 is %.40q, not that of a log", line)
		case err == io.EOF:
			return end, errors.WithMessagef(ErrCut, "line %d", n)
		case err != nil:
			return end, errors.Wrapf(err, "line %d", n)
		}
		step, values, err := parse(line)
		if err != nil {
			if _, e := b.Peek(1); e == io.EOF && (n > 1 || begins(line)) { // the machine may have ended before the disk had it
				err = ErrCut
			}
			return end, errors.WithMessagef(err, "line %d", n)
		}
		if err := each(step, values); err != nil {
			return end, err
		}
		end += int64(len(line))
	}
}

// begins tells whether a line can be the beginning of one that a JSONL wrote, with
// zeros for what the disk does not have: else it is of another file, which is not to
// be cut.
func begins(line []byte) bool {
	const first = `{"` + stepKey + `":`
	return bytes.HasPrefix(line, []byte(first)) || strings.HasPrefix(first, string(bytes.TrimRight(line, "\x00")))
}

// parse reads a line.
func parse(line []byte) (step int, values map[string]float64, err error) {
	var all map[string]json.RawMessage
	if !utf8.Valid(line) {
		return 0, nil, errors.New("not UTF-8")
	}
	if err := json.Unmarshal(line, &all); err != nil {
		return 0, nil, errors.Wrap(err, "JSON")
	}
	at, ok := all[stepKey]
	if !ok {
		return 0, nil, errors.New("no step")
	}
	if step, err = strconv.Atoi(string(at)); err != nil || step < 0 {
		return 0, nil, errors.Errorf("the step %.200s, want an integer, 0 or more", at)
	}
	values = map[string]float64{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if name == stepKey {
			continue
		}
		v, err := number(bytes.TrimSpace(all[name]))
		if err != nil {
			return 0, nil, errors.WithMessagef(err, "%.200q", name)
		}
		values[name] = v
	}
	return step, values, nil
}

func number(text []byte) (float64, error) {
	switch s := string(text); s {
	case `"NaN"`:
		return math.NaN(), nil
	case infinities[true]:
		return math.Inf(1), nil
	case infinities[false]:
		return math.Inf(-1), nil
	}
	var v *float64
	if err := json.Unmarshal(text, &v); err != nil {
		return 0, errors.Wrap(err, "JSON")
	}
	if v == nil {
		return 0, errors.New("null, want a number")
	}
	return *v, nil
}
