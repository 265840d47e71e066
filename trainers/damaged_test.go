package trainers_test

import (
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/latentgo/latent/internal/crashfs"
	"github.com/latentgo/latent/internal/store"
	"github.com/latentgo/latent/trainers/checkpoint"
	"github.com/pkg/errors"
)

// A checkpoint that is damaged is left for the one before, which is said, and goes
// when there is a newer one. Nothing begins anew where all are damaged.
func TestDamagedCheckpoints(t *testing.T) {
	whole, err := short(t, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	disk := &crashfs.FS{}
	stop := errors.New("stop")
	disk.Each = func(o crashfs.Operation) error {
		if strings.ContainsAny(o.Path, "789") {
			return stop
		}
		return nil
	}
	if _, err := short(t, disk, nil); !errors.Is(err, stop) {
		t.Fatal(err)
	}
	disk.Each = nil
	// There are the best, and the last two: 000005 and 000006.
	damage := func(disk *crashfs.FS, name, file string) {
		path := filepath.Join("run", name, file)
		b, err := disk.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)/2] ^= 16
		f, err := disk.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"info.json", "run.json", "params.safetensors", "average.safetensors", "optimizer.safetensors", "watch-0.state", "watch-1.state", "SHA256SUMS"} {
		after := disk.Crash(crashfs.None, nil)
		damage(after, "000006-step-4", file)
		var log []string
		got, err := short(t, after, func(c *checkpoint.Config) { c.Log = func(line string) { log = append(log, line) } })
		if err != nil || got != whole {
			t.Errorf("%s: error %v\n%s\nwant\n%s", file, err, got, whole)
		}
		if len(log) != 2 || !strings.HasPrefix(log[0], "checkpoint 000006-step-4 is damaged, the one before is taken: store: ") || !strings.Contains(log[0], file) || log[1] != "going on from run/000005-step-4: step 4, 1 epochs complete" {
			t.Errorf("%s: said %q", file, log)
		}
		names, err := after.ReadDir("run")
		if err != nil || slices.Contains(names, "000006-step-4") {
			t.Errorf("%s: there are %v, error %v", file, names, err)
		}
	}
	names, err := disk.ReadDir("run")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		damage(disk, name, "run.json")
	}
	if _, err := short(t, disk, nil); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("none of the %d in run can be read; move them away to start anew", len(names))) {
		t.Errorf("error %v", err)
	}
}

// Whatever a checkpoint says whose hashes are right, going on from it is an error or
// goes well.
func FuzzResume(f *testing.F) {
	disk := &crashfs.FS{}
	stop := errors.New("stop")
	disk.Each = func(o crashfs.Operation) error {
		if regexp.MustCompile("00000[5-9]").MatchString(o.Path) {
			return stop
		}
		return nil
	}
	if _, err := short(f, disk, nil); !errors.Is(err, stop) {
		f.Fatal(err)
	}
	disk.Each = nil
	info, files := newest(f, disk)
	run, params, optimizer := files[checkpoint.RunFile], files[checkpoint.ParamsFile], files[checkpoint.OptimizerFile]
	cliff, early := files["watch-0.state"], files["watch-1.state"]
	f.Add(run, params, optimizer, cliff, early)
	f.Add(run, params, optimizer[:len(optimizer)-1], cliff, early)
	f.Add(run, optimizer, params, early, cliff)
	f.Add(run, params, optimizer, []byte(strings.Replace(string(cliff), `"At":1`, `"At":2,"Falls":[{"Epoch":2,"Back":1}]`, 1)), early[:9])
	for _, c := range [][2]string{
		{`"batch":1`, `"batch":100`}, {`"batch":1`, `"batch":-1`}, {`"epoch":1`, `"epoch":3`}, {`"rows":3`, `"rows":0`}, {`"steps":3`, `"steps":-3`}, {`"telling":false`, `"telling":true`},
		{`"sums":{`, `"sums":{"x":"NaN",`}, {`"step":3`, `"step":-1`}, {`"batches":0`, `"batches":7`},
		{`"left":0`, `"left":1`}, {`"left":0`, `"left":9`}, {`"successive":0`, `"successive":1`}, {`"norms":`, `"norms":-`}, {`"updates":1`, `"updates":2`}, {`"squares":[`, `"squares":["NaN",`}, {`"mean":1`, `"mean":"Inf"`},
		{`"epochs":[{"epoch":1`, `"epochs":[{"epoch":2`}, {`"epochs":[{"epoch":1,"steps":2`, `"epochs":[{"epoch":1,"steps":4`}, {`"watch":["*trainers.Cliff"`, `"watch":["*trainers.Convergence"`}, {`"state":{}`, `"state":{"a":"AA=="}`}, {`"format"`, `"Format"`}, {`}`, `]`},
	} {
		changed := strings.Replace(string(run), c[0], c[1], 1)
		if changed == string(run) {
			f.Fatalf("no %s in %s", c[0], run)
		}
		f.Add([]byte(changed), params, optimizer, cliff, early)
	}
	f.Fuzz(func(t *testing.T, run, params, optimizer, cliff, early []byte) {
		disk := &crashfs.FS{}
		if err := store.Make(disk, "run"); err != nil {
			t.Fatal(err)
		}
		var parts []store.Part
		for _, name := range slices.Sorted(keysOf(files)) {
			b := files[name]
			switch name {
			case checkpoint.RunFile:
				b = run
			case checkpoint.ParamsFile:
				b = params
			case checkpoint.OptimizerFile:
				b = optimizer
			case "watch-0.state":
				b = cliff
			case "watch-1.state":
				b = early
			}
			parts = append(parts, store.Part{Name: name, Write: func(w io.Writer) error { _, err := w.Write(b); return err }})
		}
		if err := store.Commit(disk, "run", filepath.Base(info.Path), parts); err != nil {
			t.Fatal(err)
		}
		if _, err := short(t, disk, nil); err != nil && !strings.HasPrefix(err.Error(), "trainers: ") {
			t.Errorf("error %v", err)
		}
	})
}
