package appendfile

import (
	"bufio"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// lines are records that end with a new line.
func lines(r io.Reader) (whole int64, err error) {
	b := bufio.NewReader(r)
	for {
		line, err := b.ReadString('\n')
		if err == io.EOF {
			return whole, nil
		}
		if err != nil {
			return 0, err
		}
		whole += int64(len(line))
	}
}

// A file that was cut anywhere is opened with the records that are whole, and goes
// on behind them.
func TestOpenCutsWhatIsNotWhole(t *testing.T) {
	const text = "first\nsecond\nthird\n"
	for n := range len(text) + 1 {
		path := filepath.Join(t.TempDir(), "log")
		if err := os.WriteFile(path, []byte(text[:n]), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := Open(path, lines)
		if err != nil {
			t.Fatal(err)
		}
		kept := text[:strings.LastIndex(text[:n], "\n")+1]
		if f.Size() != int64(len(kept)) {
			t.Errorf("%d bytes of %d are whole, want %d", f.Size(), n, len(kept))
		}
		for _, err := range []error{f.Append([]byte("more\n")), f.Sync(), f.Close()} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != kept+"more\n" {
			t.Errorf("file %q, error %v", b, err)
		}
	}
}

// disk is a file in memory, whose writes fail with a part of the bytes in it.
type disk struct {
	data         []byte
	fail, failed func() bool // of a write, and of taking it back
}

func (d *disk) ReadAt(p []byte, at int64) (int, error) {
	n := copy(p, d.data[min(at, int64(len(d.data))):])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (d *disk) WriteAt(p []byte, at int64) (int, error) {
	n := len(p)
	var err error
	if d.fail() {
		n, err = n/2, syscall.ENOSPC
	}
	d.data = append(d.data[:at], p[:n]...)
	return n, err
}

func (d *disk) Truncate(size int64) error {
	if d.failed() {
		return syscall.EIO
	}
	d.data = d.data[:size]
	return nil
}
func (*disk) Sync() error  { return nil }
func (*disk) Close() error { return nil }

// Whatever fails, the file holds the records whose writing was said to succeed, and
// at most a part of one more if even that could not be taken back; after that it is
// written no more.
func TestFailuresLeaveWholeRecords(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	failures, broken := 0, 0
	for range 300 {
		d := &disk{fail: func() bool { return r.IntN(4) == 0 }, failed: func() bool { return r.IntN(6) == 0 }}
		f, want := &File{f: d}, ""
		for range 10 {
			line := strings.Repeat("x", r.IntN(9)) + "\n"
			err := f.Append([]byte(line))
			if err == nil {
				want += line
			}
			if err != nil {
				failures++
			}
			if f.broken != nil && !errors.Is(f.Append([]byte(line)), syscall.EIO) {
				t.Fatal("a broken file is written")
			}
		}
		if got := string(d.data); f.broken == nil && got != want || !strings.HasPrefix(got, want) || f.Size() != int64(len(want)) {
			t.Fatalf("file %q, want %q", got, want)
		}
		if f.broken != nil {
			broken++
			if err := f.Rewind(lines); !errors.Is(err, syscall.EIO) {
				t.Errorf("error %v", err)
			}
		}
	}
	if failures < 100 || broken < 20 {
		t.Errorf("%d failures, %d files broken", failures, broken)
	}
}

func TestErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(filepath.Join(dir, "none", "log"), lines); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if _, err := Open(dir, lines); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("error %v", err)
	}
	path := filepath.Join(dir, "log")
	if _, err := Open(path, func(io.Reader) (int64, error) { return 0, syscall.EIO }); !errors.Is(err, syscall.EIO) || !strings.HasPrefix(err.Error(), path) {
		t.Errorf("error %v", err)
	}
}
