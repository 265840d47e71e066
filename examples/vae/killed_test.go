package main

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/latentgo/latent/examples/flags/flagstest"
)

// kills is the number of times that a run is killed.
var kills = flag.Int("kills", 5, "how often TestKilled kills a run at a random instant")

// TestMain is the program itself for a test that kills it.
func TestMain(m *testing.M) {
	if os.Getenv("LATENT_VAE") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// A program that is killed, or interrupted, at random instants, and started again
// each time, leaves the same model as one that was left alone, byte for byte: with
// one processor or two, whatever was being written.
func TestKilled(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOARCH == "wasm" {
		t.Skip("no signals")
	}
	count := *kills
	if os.Getenv("LATENT_SWEEP") != "" {
		count = max(count, 40)
	}
	pictures := flagstest.Digits(t, 1000, 50)
	random := rand.New(rand.NewPCG(1, uint64(count)))
	// run returns whether the program came to its end, and how long it took; it is
	// sent a signal after a while, if that is above 0.
	run := func(out, dir string, processors int, s os.Signal, after time.Duration) (bool, time.Duration) {
		t.Helper()
		cmd := exec.Command(os.Args[0], "-data", pictures, "-epochs", "4", "-hidden", "32", "-latent", "2", "-batch", "50",
			"-out", out, "-checkpoint", dir, "-checkpoint-steps", "7")
		cmd.Env = append(os.Environ(), "LATENT_VAE=1", fmt.Sprintf("GOMAXPROCS=%d", processors))
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		start := time.Now()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if after > 0 {
			timer := time.AfterFunc(after, func() { _ = cmd.Process.Signal(s) })
			defer timer.Stop()
		}
		err := cmd.Wait()
		took := time.Since(start)
		if err == nil {
			return true, took
		}
		status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
		interrupted := s == os.Interrupt && (strings.Contains(said.String(), "interrupt") || strings.Contains(said.String(), "context canceled"))
		if after == 0 || !(status.Signaled() || interrupted) {
			t.Fatalf("%v\n%s", err, said.String())
		}
		return false, took
	}
	files := func(out, dir string) map[string]string {
		all := flagstest.Newest(t, dir)
		b, err := os.ReadFile(filepath.Join(out, "model.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		lines, err := os.ReadFile(filepath.Join(out, "metrics.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		all["model.safetensors"], all["metrics.jsonl"] = string(b), times.ReplaceAllString(string(lines), "")
		return all
	}
	base := t.TempDir()
	in := func(name string) string { return filepath.Join(base, name) }
	_, whole := run(in("whole"), in("whole-d"), 2, nil, 0)
	want := files(in("whole"), in("whole-d"))

	killed, finished, interrupted := 0, 0, 0
	for killed < count || interrupted == 0 {
		out, dir := in(fmt.Sprint("out", finished)), in(fmt.Sprint("d", finished))
		for {
			s, after := os.Signal(os.Kill), time.Duration(random.Int64N(int64(whole)))
			if random.IntN(4) == 0 {
				s = os.Interrupt
			}
			ended, took := run(out, dir, 1+random.IntN(2), s, after+1)
			if ended {
				whole = max(took, whole*9/10)
				break
			}
			if s == os.Kill {
				killed++
			} else {
				interrupted++
			}
			if killed+interrupted > 10*count+100 {
				t.Fatal("the run does not come to its end")
			}
		}
		got := files(out, dir)
		for name := range want {
			if got[name] != want[name] {
				t.Fatalf("after %d kills and %d interrupts: another %s", killed, interrupted, name)
			}
		}
		for _, path := range []string{out, dir} {
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
		}
		finished++
	}
	t.Logf("%d kills and %d interrupts of %d runs, each of which came to the same", killed, interrupted, finished)
}
