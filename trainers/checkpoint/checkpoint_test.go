package checkpoint_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/crashfs"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/checkpoint"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// model is p(x) = N(w, 1).
func model(s *graph.Scope, d vi.Data) *vi.Estimate {
	w := s.Param("w", graph.Constant(0), 1)
	return vi.ELBO{}.Estimate(s, vi.Model{Joint: func(t *vi.Trace) { t.Draw("x", prob.Normal{Mean: w, LogStd: s.Const(0)}) }}, d)
}

// train is a run of some epochs of five batches. It returns the checkpoints there
// are then and what was said, or the error.
func train(t *testing.T, epochs int, c checkpoint.Config, change ...func(*trainers.Config)) string {
	t.Helper()
	x, err := data.New(data.FromFlat("x", []float64{1, 2, 3, 4, 5}, 1))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(0, 0)
	conf := trainers.Config{
		Params: &graph.Params{}, Epochs: epochs, Checkpoint: &c,
		Clock: func() time.Time { now = now.Add(time.Second); return now }, // two looks a step
	}
	for _, f := range change {
		f(&conf)
	}
	said := ""
	if c.Log == nil {
		c.Log = func(line string) { said += line + "\n" }
	}
	if c.FS == nil {
		c.FS = &crashfs.FS{}
	}
	if c.Dir == "" {
		c.Dir = "run"
	}
	if c.Dir == "-" {
		c.Dir = ""
	}
	_, err = trainers.Fit(context.Background(), model, x.Batches(data.BatchConfig{Size: 1, Seed: 1}), conf)
	if err != nil && strings.Contains(err.Error(), "is a nil") {
		return "error " + err.Error()
	}
	names, _ := c.FS.ReadDir(c.Dir)
	if err != nil {
		return fmt.Sprintf("error %v %v", err, names)
	}
	return fmt.Sprint(names, said)
}

// Which checkpoints there are after two epochs of five steps, by what is said.
func TestPolicies(t *testing.T) {
	type (
		save = []checkpoint.When
		keep = []checkpoint.Which
	)
	all := keep{checkpoint.EveryNth(1)}
	for _, c := range []struct {
		save save
		keep keep
		want string
	}{
		{nil, nil, "[000001-step-5 000002-step-10]"},
		{save{checkpoint.EveryEpochs(1)}, all, "[000001-step-5 000002-step-10]"},
		{save{checkpoint.EveryEpochs(2)}, all, "[000001-step-10]"},
		{save{checkpoint.EveryEpochs(7)}, all, "[000001-step-10]"},
		{save{checkpoint.EverySteps(4)}, all, "[000001-step-4 000002-step-8 000003-step-10]"},
		{save{checkpoint.EverySteps(5)}, all, "[000001-step-5 000002-step-10 000003-step-10]"}, // the second amid the end of an epoch, the third after it
		{save{checkpoint.EverySteps(3), checkpoint.EveryEpochs(1)}, all, "[000001-step-3 000002-step-5 000003-step-6 000004-step-9 000005-step-10]"},
		{save{checkpoint.EveryTime(4 * time.Second)}, all, "[000001-step-3 000002-step-6 000003-step-10 000004-step-10]"},
		{save{checkpoint.OnError{}, checkpoint.OnInterrupt{}}, all, "[000001-step-10]"},
		{save{checkpoint.EverySteps(1)}, keep{checkpoint.Last(3)}, "[000009-step-9 000010-step-10 000011-step-10]"},
		{save{checkpoint.EverySteps(1)}, keep{checkpoint.EveryNth(4)}, "[000004-step-4 000008-step-8 000011-step-10]"},
		{save{checkpoint.EverySteps(1)}, keep{checkpoint.EveryNth(4), checkpoint.Last(2)}, "[000004-step-4 000008-step-8 000010-step-10 000011-step-10]"},
		{save{checkpoint.EverySteps(2), checkpoint.EveryEpochs(1)}, keep{checkpoint.Best{}}, "[000007-step-10]"},
		{save{checkpoint.EverySteps(2), checkpoint.EveryEpochs(1)}, keep{checkpoint.Best{Lower: true}}, "[000003-step-5 000007-step-10]"},
	} {
		if got := train(t, 2, checkpoint.Config{Save: c.save, Keep: c.keep}); got != c.want {
			t.Errorf("%#v, %#v: there are %s, want %s", c.save, c.keep, got, c.want)
		}
	}
}

// What ends a run by an error, or from outside, is saved if that is wanted, with the
// steps that were taken.
func TestEndsAreSaved(t *testing.T) {
	fail := func(c *trainers.Config) {
		c.OnStep = func(s trainers.Step) error {
			if s.Epoch == 1 && s.Step == 3 {
				return errors.New("no")
			}
			return nil
		}
	}
	for _, c := range []struct {
		save []checkpoint.When
		want string
	}{
		{nil, "error no [000001-step-3]"},
		{[]checkpoint.When{checkpoint.OnError{}}, "error no [000001-step-3]"},
		{[]checkpoint.When{checkpoint.OnInterrupt{}, checkpoint.EverySteps(2)}, "error no [000001-step-2]"},
	} {
		if got := train(t, 2, checkpoint.Config{Save: c.save}, fail); got != c.want {
			t.Errorf("%#v: %s, want %s", c.save, got, c.want)
		}
	}
}

// The best of many, by metrics that there are or not.
func TestBest(t *testing.T) {
	of := func(name string, v ...float64) (all []checkpoint.Info) {
		for i, x := range v {
			all = append(all, checkpoint.Info{Number: i + 1, Metrics: map[string]float64{name: x}})
		}
		return append(all, checkpoint.Info{Number: len(v) + 1})
	}
	for _, c := range []struct {
		b    checkpoint.Best
		all  []checkpoint.Info
		want []bool
		best int
	}{
		{checkpoint.Best{}, of("test/bound", -3, -1, -2, -1), []bool{false, true, false, false, false}, 2},
		{checkpoint.Best{}, of("train/bound", -3, -1, -2), []bool{false, true, false, false}, 2},
		{checkpoint.Best{N: 2}, of("test/bound", -3, -1, -2), []bool{false, true, true, false}, 2},
		{checkpoint.Best{N: 9, Metric: "test/error", Lower: true}, of("test/error", 3, 1), []bool{true, true, false}, 2},
		{checkpoint.Best{Metric: "test/error"}, of("test/bound", 3, 1), []bool{false, false, false}, 0},
	} {
		best, ok := c.b.Of(c.all)
		if got := c.b.Keep(c.all); !slices.Equal(got, c.want) || best.Number != c.best || ok != (c.best > 0) {
			t.Errorf("%+v keeps %v and has %d as the best, want %v and %d", c.b, got, best.Number, c.want, c.best)
		}
	}
}

// List and Verify read what a run on the machine's disk has left; the parameters are
// files like any other.
func TestListAndVerify(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "runs", "a")
	var params *graph.Params
	if got := train(t, 3, checkpoint.Config{Dir: dir, FS: disk{}}, func(c *trainers.Config) { params = c.Params }); strings.HasPrefix(got, "error") {
		t.Fatal(got)
	}
	all, err := checkpoint.List(dir)
	if err != nil || len(all) != 2 || all[1].Step != 15 || all[1].Epoch != 3 || all[1].Number != 3 || all[1].Path != filepath.Join(dir, "000003-step-15") || len(all[1].Metrics) == 0 {
		t.Fatalf("error %v, %+v", err, all)
	}
	files, err := checkpoint.Verify(all[1].Path)
	if err != nil || len(files) != 4 {
		t.Fatal(err, len(files))
	}
	loaded := &graph.Params{}
	if err := loaded.Load(filepath.Join(all[1].Path, checkpoint.ParamsFile)); err != nil {
		t.Fatal(err)
	}
	have, _ := graph.Values[float32](loaded, "w")
	want, _ := graph.Values[float32](params, "w")
	if !slices.Equal(have, want) || have == nil {
		t.Errorf("w is %v, want %v", have, want)
	}
	own := filepath.Join(t.TempDir(), "own")
	if err := params.Save(own); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(own); err != nil || string(b) != string(files[checkpoint.ParamsFile]) {
		t.Errorf("params.safetensors is not what Save writes, error %v", err)
	}
	for name := range files {
		path := filepath.Join(all[1].Path, name)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)-3] ^= 1
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := checkpoint.Verify(all[1].Path); err == nil || !strings.Contains(err.Error(), name+" is damaged") {
			t.Errorf("%s: error %v", name, err)
		}
		b[len(b)-3] ^= 1
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// disk is the file system of the machine, with what its own Config would have: nil.
type disk struct{ checkpoint.FS }

func (disk) MkdirAll(path string) error                  { return os.MkdirAll(path, 0o777) }
func (disk) Create(path string) (checkpoint.File, error) { return os.Create(path) }
func (disk) ReadFile(path string) ([]byte, error)        { return os.ReadFile(path) }
func (disk) Rename(from, to string) error                { return os.Rename(from, to) }
func (disk) RemoveAll(path string) error                 { return os.RemoveAll(path) }
func (disk) SyncDir(string) error                        { return nil }
func (disk) Lock(string) (func() error, error)           { return func() error { return nil }, nil }
func (disk) ReadDir(path string) (names []string, _ error) {
	entries, err := os.ReadDir(path)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

// Whatever the files of a checkpoint say, it is read as one that a run wrote, or is
// an error.
func FuzzInfo(f *testing.F) {
	f.Add([]byte(`{"format":"latent checkpoint 1","number":1,"step":5,"epoch":1,"metrics":{"train/bound":-1.5,"x":"NaN"}}`), "000001-step-5")
	f.Add([]byte(`{"format":"latent checkpoint 1","number":0,"step":-5}`), "000000-step--5")
	f.Add([]byte(`{"number":1e99}`), "000001-step-5")
	f.Fuzz(func(t *testing.T, text []byte, name string) {
		if name == "" || strings.ContainsAny(name, "/\x00") || name[0] == '.' || len(name) > 99 {
			return
		}
		fs := &crashfs.FS{}
		if err := fs.MkdirAll("run/" + name); err != nil {
			t.Skip()
		}
		w, err := fs.Create("run/" + name + "/info.json")
		if err != nil {
			t.Skip()
		}
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		s, err := (&checkpoint.Config{Dir: "run", FS: fs}).Open()
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.Write(checkpoint.Info{Step: 9}, checkpoint.Put{Name: "x", Write: func(io.Writer) error { return nil }}); err != nil && !strings.HasPrefix(err.Error(), "checkpoint: ") {
			t.Errorf("error %v", err)
		}
	})
}
