package serve

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/atomicfile"
	"github.com/latentgo/latent/internal/mark"
)

// Registry has the architectures that a program knows, by the names that bundles
// call them: each makes the Spec of a model from its configuration, JSON that it
// decodes itself. Arrays are the bundle's.
type Registry map[string]func(config json.RawMessage) (Spec, error)

// Info is the model.json of a bundle.
type Info struct {
	Format       string          `json:"format"` // bundleFormat
	Architecture string          `json:"architecture"`
	Config       json.RawMessage `json:"config,omitempty"`
	Dtype        string          `json:"dtype"` // float32 or float64
	Arrays       []Array         `json:"arrays"`
	Training     Training        `json:"training"`
	Weights      Weights         `json:"weights"`
	Canary       *Canary         `json:"canary,omitempty"`
}

// Training says where parameters come from, for whoever asks one day.
type Training struct {
	Seed    uint64  `json:"seed"`
	Data    string  `json:"data,omitempty"`
	Epochs  int     `json:"epochs,omitempty"`
	Bound   float64 `json:"bound,omitempty"` // in nats per datum, as About says of which data
	Library string  `json:"library,omitempty"`
	About   string  `json:"about,omitempty"`
}

// Weights is the safetensors file of a bundle.
type Weights struct {
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Bundle is a model that was read from files.
type Bundle struct {
	Info
	Spec   Spec
	Params *graph.Params
	Hash   string // SHA-256 of model.json, which has that of the weights: the version of replies
}

const (
	infoFile     = "model.json"
	bundleFormat = "latent bundle 1"
	maxInfo      = 64 << 20 // bytes
)

var (
	weightsFile = regexp.MustCompile(`^model-[0-9a-f]{16}\.safetensors$`)
	hexHash     = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// Write makes the folder dir a bundle: its model.json and the weights, in a file
// that is named by their hash. It opens the model before, so that what is written
// opens, and adds a Canary if info has none. Of info, Format, Dtype, Weights and
// Training.Library are filled in.
//
// The new bundle replaces an older one at once: model.json comes last and names
// weights that are there, whenever the process is killed. Weights that no
// model.json names are removed then.
func Write(dir string, info Info, params *graph.Params, known Registry) error {
	err := write(dir, info, params, known)
	return errors.WithMessagef(err, "serve: write %s", dir)
}

func write(dir string, info Info, params *graph.Params, known Registry) error {
	spec, err := known.spec(info)
	if err != nil {
		return err
	}
	m, err := New(spec, params, Config{Runs: 1})
	if err != nil {
		return err
	}
	defer m.Close()
	if info.Canary == nil {
		if info.Canary, err = m.canary(); err != nil {
			return err
		}
	}
	if err := info.Canary.check(m); err != nil {
		return err
	}
	var weights bytes.Buffer
	if err := params.Write(&weights); err != nil {
		return err
	}
	sum := sha256.Sum256(weights.Bytes())
	info.Format, info.Dtype = bundleFormat, params.Dtype.String()
	info.Weights = Weights{Bytes: int64(weights.Len()), SHA256: hex.EncodeToString(sum[:])}
	info.Weights.File = "model-" + info.Weights.SHA256[:16] + ".safetensors"
	if info.Training.Library == "" {
		info.Training.Library = library()
	}
	text, err := json.MarshalIndent(info, "", "\t")
	if err != nil {
		return errors.Wrap(err, infoFile)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return errors.WithStack(err)
	}
	put := func(name string, b []byte) error {
		return atomicfile.Write(filepath.Join(dir, name), func(w io.Writer) error {
			_, err := w.Write(b)
			return err
		})
	}
	if err := put(info.Weights.File, weights.Bytes()); err != nil {
		return err
	}
	if err := put(infoFile, append(text, '\n')); err != nil {
		return err
	}
	names, err := os.ReadDir(dir)
	if err != nil {
		return errors.WithStack(err)
	}
	for _, e := range names {
		if name := e.Name(); weightsFile.MatchString(name) && name != info.Weights.File {
			if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return errors.WithStack(err)
			}
		}
	}
	return nil
}

// library is the version of this module in the program.
func library() string {
	const module = "github.com/latentgo/latent"
	if b, ok := debug.ReadBuildInfo(); ok {
		for _, m := range append([]*debug.Module{&b.Main}, b.Deps...) {
			if m.Path == module {
				return m.Version
			}
		}
	}
	return ""
}

// spec makes the Spec of an architecture, with the arrays of a bundle.
func (known Registry) spec(info Info) (Spec, error) {
	model := known[info.Architecture]
	if model == nil {
		return Spec{}, errors.Errorf("architecture %.100q is unknown; there are %v", info.Architecture, known.names())
	}
	spec, err := model(info.Config)
	if err != nil {
		return Spec{}, errors.WithMessagef(err, "architecture %s", info.Architecture)
	}
	if spec.Arrays != nil {
		return Spec{}, errors.Errorf("architecture %s says which Arrays there are; the bundle does", info.Architecture)
	}
	spec.Arrays = info.Arrays
	return spec, nil
}

// Open reads a bundle: os.DirFS(DIR), an embedded folder, or any other file
// system with model.json at its root. What does not hold together, be it a file,
// a hash, an architecture, an array or a parameter, is an ErrBundle that names it.
func Open(fsys fs.FS, known Registry) (*Bundle, error) {
	if fsys == nil {
		return nil, errors.New("serve: open: the file system is nil")
	}
	var b *Bundle
	var err error
	for range 3 { // the weights may be those of a bundle that has just been replaced
		if b, err = open(fsys, known); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return b, errors.WithMessage(err, "serve: open")
}

func open(fsys fs.FS, known Registry) (*Bundle, error) {
	text, err := readAll(fsys, infoFile, maxInfo)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	b := &Bundle{Hash: hex.EncodeToString(sum[:])}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&b.Info); err != nil {
		return nil, mark.Error(errors.Wrap(err, infoFile), ErrBundle)
	}
	if err := b.load(fsys, known); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		return nil, mark.Error(errors.WithMessage(err, infoFile), ErrBundle)
	}
	return b, nil
}

// load reads the weights into the model's parameters.
func (b *Bundle) load(fsys fs.FS, known Registry) (err error) {
	w := b.Weights
	b.Params = &graph.Params{}
	switch {
	case b.Format != bundleFormat:
		return errors.Errorf("format %.100q, want %q", b.Format, bundleFormat)
	case b.Dtype == graph.Float64.String():
		b.Params.Dtype = graph.Float64
	case b.Dtype == graph.Float32.String():
		b.Params.Dtype = graph.Float32
	default:
		return errors.Errorf("dtype %.100q, want float32 or float64", b.Dtype)
	}
	if !fs.ValidPath(w.File) || w.File == infoFile {
		return errors.Errorf("weights in %.100q, want a file of the bundle", w.File)
	}
	if !hexHash.MatchString(w.SHA256) {
		return errors.Errorf("weights have the SHA-256 %.100q, want 64 hexadecimal digits", w.SHA256)
	}
	if b.Spec, err = known.spec(b.Info); err != nil {
		return err
	}
	weights, err := readAll(fsys, w.File, w.Bytes)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(weights); int64(len(weights)) != w.Bytes || hex.EncodeToString(sum[:]) != w.SHA256 {
		return errors.Errorf("%s has %d bytes and the SHA-256 %x, want %d and %s", w.File, len(weights), sum, w.Bytes, w.SHA256)
	}
	c, err := Config{Runs: 1}.defaults()
	if err != nil {
		return err
	}
	if _, err := newVersion(b.Spec, b.Params, b.Hash, c); err != nil { // declares every parameter
		return err
	}
	return errors.WithMessage(b.Params.Read(bytes.NewReader(weights), w.Bytes), w.File)
}

// readAll reads a file of at most most bytes.
func readAll(fsys fs.FS, name string, most int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(b)) > most {
		err = mark.Error(errors.Errorf("%s has more than %d bytes", name, most), ErrBundle)
	}
	return b, errors.WithMessage(err, name)
}
