package checkpoint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/store"
)

// Info is what a checkpoint says of itself.
type Info struct {
	Path   string // of its folder
	Number int    // of the checkpoint in the run, from 1
	Step   int    // steps taken
	Epoch  int    // epochs complete

	// Metrics are those of the epoch whose end it is, "train/" and "test/" before
	// their names in trainers.Epoch; nil amid an epoch.
	Metrics map[string]float64
}

// The files of a checkpoint.
const (
	infoFile      = "info.json"
	ParamsFile    = "params.safetensors"    // for graph.Params.Load
	AverageFile   = "average.safetensors"   // likewise
	OptimizerFile = "optimizer.safetensors" // what trainers.State has
	RunFile       = "run.json"              // the rest
)

// infoFormat marks info.json.
const infoFormat = "latent checkpoint 1"

// info is info.json.
type info struct {
	Format  string                  `json:"format"`
	Number  int                     `json:"number"`
	Step    int                     `json:"step"`
	Epoch   int                     `json:"epoch"`
	Metrics map[string]store.Number `json:"metrics,omitempty"`
}

var nameOf = regexp.MustCompile(`^([0-9]{6,})-step-([0-9]+)$`)

func (i Info) name() string { return fmt.Sprintf("%06d-step-%d", i.Number, i.Step) }

func (i Info) encode() ([]byte, error) {
	b, err := json.MarshalIndent(info{infoFormat, i.Number, i.Step, i.Epoch, store.Numbers(i.Metrics)}, "", "\t")
	return append(b, '\n'), errors.Wrap(err, infoFile)
}

// decodeInfo reads the info.json of a folder.
func decodeInfo(path string, b []byte) (Info, error) {
	var i info
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&i); err != nil {
		return Info{}, errors.Wrap(err, infoFile)
	}
	out := Info{path, i.Number, i.Step, i.Epoch, store.Floats(i.Metrics)}
	if i.Format != infoFormat || i.Number < 1 || i.Step < 0 || i.Epoch < 0 || out.name() != filepath.Base(path) {
		return Info{}, errors.Errorf("%s of format %.100q is that of checkpoint %d at step %d, epoch %d", infoFile, i.Format, i.Number, i.Step, i.Epoch)
	}
	return out, nil
}

// List returns the checkpoints in a folder of the machine, from the oldest to the
// newest. It reads no more of each than what it says of itself: whether it is
// damaged otherwise, Verify tells.
func List(dir string) ([]Info, error) {
	all, err := list(store.OS{}, dir)
	return all, errors.WithMessagef(err, "checkpoint: list %s", dir)
}

// list leaves out what does not say what it is.
func list(fsys FS, dir string) ([]Info, error) {
	names, err := store.Names(fsys, dir)
	if err != nil {
		return nil, err
	}
	var all []Info
	for _, name := range names {
		if !nameOf.MatchString(name) {
			continue
		}
		path := filepath.Join(dir, name)
		if b, err := fsys.ReadFile(filepath.Join(path, infoFile)); err == nil {
			if i, err := decodeInfo(path, b); err == nil {
				all = append(all, i)
			}
		}
	}
	slices.SortFunc(all, func(a, b Info) int { return a.Number - b.Number })
	return all, nil
}

// Verify reads a checkpoint of the machine and returns its files' bytes by name;
// what is not as it was written is an error.
func Verify(path string) (map[string][]byte, error) {
	_, files, err := read(store.OS{}, filepath.Dir(path), filepath.Base(path))
	return files, errors.WithMessage(err, "checkpoint")
}

// read returns a checkpoint, with all files that one must have.
func read(fsys FS, dir, name string) (Info, map[string][]byte, error) {
	files, err := store.Read(fsys, dir, name)
	if err != nil {
		return Info{}, nil, err
	}
	for _, f := range []string{infoFile, ParamsFile, OptimizerFile, RunFile} {
		if files[f] == nil {
			return Info{}, nil, errors.Errorf("%s has no %s, but %v", filepath.Join(dir, name), f, slices.Sorted(maps.Keys(files)))
		}
	}
	i, err := decodeInfo(filepath.Join(dir, name), files[infoFile])
	return i, files, errors.WithMessage(err, filepath.Join(dir, name))
}
