package store_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"syscall"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/crashfs"
	"github.com/latentgo/latent/internal/store"
)

// content are the files of folder n, which tell it from any other.
func content(n int) map[string][]byte {
	random := rand.New(rand.NewPCG(uint64(n), 1))
	files := map[string][]byte{}
	for i := range 1 + random.IntN(3) {
		b := make([]byte, random.IntN(200))
		for k := range b {
			b[k] = byte(random.Uint32())
		}
		files[fmt.Sprintf("part%d", i)] = b
	}
	return files
}

// parts are content(n), written piece by piece.
func parts(n int) (parts []store.Part) {
	for _, name := range slices.Sorted(maps.Keys(content(n))) {
		parts = append(parts, store.Part{Name: name, Write: func(w io.Writer) error {
			for b := content(n)[name]; len(b) > 0; b = b[min(len(b), 64):] {
				if _, err := w.Write(b[:min(len(b), 64)]); err != nil {
					return err
				}
			}
			return nil
		}})
	}
	return parts
}

func name(n int) string { return fmt.Sprintf("folder%03d", n) }

// script commits folders 0, 1, … and keeps the last two. durable are those that
// must be there from now on, doomed those that may be gone.
type script struct {
	durable map[int]bool
	doomed  map[int]bool
}

func (s *script) run(fsys store.FS, count int) error {
	s.durable, s.doomed = map[int]bool{}, map[int]bool{}
	if err := store.Make(fsys, "a/b"); err != nil {
		return err
	}
	if err := store.Clean(fsys, "a/b"); err != nil {
		return err
	}
	for n := range count {
		if err := store.Commit(fsys, "a/b", name(n), parts(n)); err != nil {
			return err
		}
		if s.durable[n] = true; n >= 2 {
			delete(s.durable, n-2)
			s.doomed[n-2] = true
			if err := store.Remove(fsys, "a/b", name(n-2)); err != nil {
				return err
			}
			delete(s.doomed, n-2)
		}
	}
	return nil
}

// found checks what is there: every folder that has a name is as it was written,
// those that are durable are there, and no other but doomed ones and the newest.
func (s *script) found(t *testing.T, fsys store.FS, count int) {
	t.Helper()
	if err := store.Clean(fsys, "a/b"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	there, err := store.Names(fsys, "a/b")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, file := range there {
		for n := range count {
			if file != name(n) {
				continue
			}
			seen[n] = true
			files, err := store.Read(fsys, "a/b", file)
			if err != nil {
				t.Fatalf("%s is there and cannot be read: %v", file, err)
			}
			for part, b := range content(n) {
				if !bytes.Equal(files[part], b) {
					t.Fatalf("%s has another %s", file, part)
				}
			}
			if len(files) != len(content(n)) {
				t.Fatalf("%s has %d files", file, len(files))
			}
		}
	}
	if len(seen) != len(there) {
		t.Fatalf("the folder has %v", there)
	}
	last := -1
	for n := range s.durable {
		if last = max(last, n); !seen[n] {
			t.Fatalf("%s was committed and is lost; there are %v", name(n), there)
		}
	}
	for n := range seen {
		if !s.durable[n] && !s.doomed[n] && n != last+1 {
			t.Fatalf("%s was removed and is there", name(n))
		}
	}
}

// The machine stops before every operation, and what the disk had not been told to
// keep is gone, or all there, or some of it in whatever order.
func TestEveryCrash(t *testing.T) {
	draws, count := 20, 8
	if os.Getenv("LATENT_SWEEP") != "" {
		draws = 400
	}
	random := rand.New(rand.NewPCG(1, 2))
	points := 0
	var s script
	disk := &crashfs.FS{}
	disk.Each = func(crashfs.Operation) error {
		for i := range draws + 2 {
			s.found(t, disk.Crash(min(crashfs.Loss(i), crashfs.Some), random), count)
			points++
		}
		return nil
	}
	if err := s.run(disk, count); err != nil {
		t.Fatal(err)
	}
	s.found(t, disk.Crash(crashfs.All, random), count)
	t.Logf("%d crashes", points)
	if points < 2000 {
		t.Errorf("only %d crashes", points)
	}
}

// A crash within the recovery from a crash loses nothing either.
func TestCrashAfterCrash(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for first := range 60 {
		var s script
		at := errors.New("stopped")
		disk := &crashfs.FS{Each: func(o crashfs.Operation) error {
			if o.Number >= first {
				return at
			}
			return nil
		}}
		if err := s.run(disk, 4); !errors.Is(err, at) {
			t.Fatal(err)
		}
		after := disk.Crash(crashfs.Some, random)
		after.Each = func(crashfs.Operation) error {
			s.found(t, after.Crash(crashfs.Some, random), 4)
			return nil
		}
		if err := store.Clean(after, "a/b"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

// Every operation fails, once or from then on, as a full disk and a broken one do:
// the error is reported, nothing committed is lost, and the next run goes well.
func TestEveryFault(t *testing.T) {
	for _, fault := range []error{syscall.ENOSPC, syscall.EIO, io.ErrShortWrite} {
		for _, lasting := range []bool{false, true} {
			for at := 0; ; at++ {
				var s script
				done := true
				disk := &crashfs.FS{Each: func(o crashfs.Operation) error {
					if o.Number == at || lasting && o.Number > at {
						done = false
						return fault
					}
					return nil
				}}
				err := s.run(disk, 5)
				if done {
					if err != nil {
						t.Fatal(err)
					}
					break
				}
				if err != nil && !errors.Is(err, fault) {
					t.Fatalf("operation %d: error %v, want %v", at, err, fault)
				}
				disk.Each = nil
				s.found(t, disk.Crash(crashfs.None, nil), 5)
				s.found(t, disk.Crash(crashfs.All, nil), 5)
				for n := range 5 { // what a run does that begins anew
					if err := disk.RemoveAll("a/b/" + name(n)); err != nil {
						t.Fatal(err)
					}
				}
				if err := s.run(disk, 5); err != nil {
					t.Fatal(err)
				}
				s.found(t, disk.Crash(crashfs.All, nil), 5)
			}
		}
	}
}

// A flush that fails must not be forgotten: the error is that of Commit.
func TestFailedFlushIsAnError(t *testing.T) {
	for _, kind := range []string{"write", "sync", "close", "syncdir", "rename", "create", "mkdir"} {
		disk := &crashfs.FS{}
		if err := store.Make(disk, "a"); err != nil {
			t.Fatal(err)
		}
		disk.Each = func(o crashfs.Operation) error {
			if o.Kind == kind {
				return syscall.EIO
			}
			return nil
		}
		if err := store.Commit(disk, "a", "b", parts(7)); !errors.Is(err, syscall.EIO) {
			t.Errorf("%s fails: error %v", kind, err)
		}
	}
}
