// Package flagstest tests that a program goes on from its checkpoints as if it had
// not been stopped.
package flagstest

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/checkpoint"
	"github.com/latentgo/latent/trainers/data"
)

// Program is a main function.
type Program func(ctx context.Context, args []string, stdout, stderr io.Writer) error

// Resumes runs a program, whose arguments make it small, for six epochs: at once;
// three and then three more; and with a break by its context in an epoch and at the
// end of one. It is in either dtype, with one processor and with two. Part is the
// folder of the checkpoints in -checkpoint that are looked at, "" itself.
func Resumes(t *testing.T, run Program, part string, args ...string) {
	t.Helper()
	for _, dtype := range []string{"-float64=false", "-float64"} {
		dir := t.TempDir()
		start := func(ctx context.Context, to, epochs string, processors int) (string, error) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			var out bytes.Buffer
			err := run(ctx, append(slices.Clone(args), dtype, "-epochs", epochs, "-checkpoint", filepath.Join(dir, to)), &out, io.Discard)
			return out.String(), err
		}
		whole, err := start(context.Background(), "whole", "6", 2)
		if err != nil {
			t.Fatal(err)
		}
		want := Newest(t, filepath.Join(dir, "whole", part))
		same := func(how, to, printed string, err error) {
			t.Helper()
			if err != nil {
				t.Fatalf("%s, %s: %v", how, dtype, err)
			}
			got := Newest(t, filepath.Join(dir, to, part))
			for name := range want {
				if got[name] != want[name] {
					t.Errorf("%s, %s: another %s", how, dtype, name)
				}
			}
			if printed != whole {
				t.Errorf("%s, %s: printed %q, want %q", how, dtype, printed, whole)
			}
		}
		if _, err := start(context.Background(), "halves", "3", 1); err != nil {
			t.Fatal(err)
		}
		printed, err := start(context.Background(), "halves", "6", 2)
		same("3 epochs and 3 more", "halves", printed, err)

		for breaks, looks := 0, 50; ; breaks, looks = breaks+1, looks*3 {
			ctx := &tired{Context: context.Background(), looks: looks, done: make(chan struct{})}
			printed, err = start(ctx, "breaks", "6", 1+breaks%2)
			if errors.Is(err, trainers.ErrInterrupted) {
				continue
			}
			if same("interrupted", "breaks", printed, err); breaks < 2 {
				t.Errorf("%s: interrupted %d times", dtype, breaks)
			}
			break
		}
	}
}

// tired is a context that is done after it has been looked at so often.
type tired struct {
	context.Context
	looks int
	done  chan struct{}
}

func (c *tired) Done() <-chan struct{} { c.look(); return c.done }

func (c *tired) Err() error {
	if c.look(); c.looks <= 0 {
		return context.Canceled
	}
	return nil
}

func (c *tired) look() {
	if c.looks--; c.looks == 0 {
		close(c.done)
	}
}

// Digits writes drawn digits with their labels as MNIST's files are called, and
// returns the folder.
func Digits(t *testing.T, train, test int) string {
	t.Helper()
	dir := t.TempDir()
	for name, n := range map[string]int{"train": train, "t10k": test} {
		set := data.Digits(uint64(n), n)
		for kind, a := range map[string]struct {
			array string
			scale float32
			head  []uint32
		}{"images-idx3": {"x", 255, []uint32{0x803, uint32(n), 28, 28}}, "labels-idx1": {"y", 1, []uint32{0x801, uint32(n)}}} {
			var b bytes.Buffer
			for _, h := range a.head {
				b.Write(binary.BigEndian.AppendUint32(nil, h))
			}
			for _, v := range set.Values(a.array) {
				b.WriteByte(byte(a.scale * v))
			}
			if err := os.WriteFile(filepath.Join(dir, name+"-"+kind+"-ubyte"), b.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// timed are times, and the states of programs, which may have some.
var timed = regexp.MustCompile(`"(seconds|examples_per_second)":[^,}]*|"state":\{[^}]*\}`)

// Newest returns the files of the newest checkpoint in a folder, as far as they do
// not tell of time and of how the run was told to keep them.
func Newest(t *testing.T, dir string) map[string]string {
	t.Helper()
	all, err := checkpoint.List(dir)
	if err != nil || len(all) == 0 {
		t.Fatalf("checkpoints %v in %s, error %v", all, dir, err)
	}
	files, err := checkpoint.Verify(all[len(all)-1].Path)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if name != "info.json" { // which has the number of the checkpoint
			out[name] = timed.ReplaceAllString(string(files[name]), "")
		}
	}
	return out
}
