package data

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/mark"
)

// Sets is a data set in its parts.
type Sets struct {
	Train *Set
	Valid *Set // nil when the source has none
	Test  *Set
}

// LoadConfig says how Load divides a folder that has only one file of images,
// and how large files may be. Other folders are divided already: numbers of rows
// are an error there.
type LoadConfig struct {
	Seed     uint64 // of the division, if there is one
	Valid    int    // rows for Valid; zero: none
	Test     int    // rows for Test; zero: a tenth of all
	MaxBytes int    // of the values in a file; zero: DefaultMaxBytes
}

const (
	imageFile = "-images-idx3-ubyte"
	labelFile = "-labels-idx1-ubyte"
)

// Load reads a folder of IDX files, each plain or with the suffix .gz:
//
//   - train-images-idx3-ubyte, t10k-images-idx3-ubyte (or test-images-…) and, if
//     there, valid-images-…: the layout of MNIST and of binarized MNIST;
//   - or a single file *-images-idx3-ubyte, divided as c says.
//
// Names with dots or underscores for the hyphens, such as
// train-images.idx3-ubyte, and with capitals are the same.
//
// Beside each the labels, such as train-labels-idx1-ubyte, may be missing.
// Images become "x", rows [H, W], divided by 255 unless no pixel of any
// part exceeds 1; labels become "y".
//
// errors.Is finds fs.ErrNotExist in the error of a folder that is not there or
// has no images, and ErrWrongFile in that of a file that is not as it should be.
func Load(dir string, c LoadConfig) (Sets, error) {
	s, err := load(dir, c)
	return s, errors.WithMessagef(err, "data: load %s", dir)
}

func load(dir string, c LoadConfig) (Sets, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return Sets{}, errors.Wrap(err, "folder")
	}
	files := map[string]string{} // as listed above, without .gz → the name; a plain file wins
	var stems []string           // of the image files
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		lower := strings.ToLower(e.Name())
		plain := strings.TrimSuffix(lower, ".gz")
		name := strings.NewReplacer(".", "-", "_", "-").Replace(plain)
		if files[name] == "" || plain == lower {
			files[name] = e.Name()
		}
		if stem, ok := strings.CutSuffix(name, imageFile); ok && !slices.Contains(stems, stem) {
			stems = append(stems, stem)
		}
	}
	parts := []string{"train", "t10k", "valid"}
	if files["t10k"+imageFile] == "" {
		parts[1] = "test"
	}
	switch {
	case files["train"+imageFile] == "" && len(stems) == 1:
		parts = stems
	case files["train"+imageFile] == "":
		return Sets{}, mark.Error(errors.Errorf("no train%s[.gz], nor a single other *%[1]s[.gz]", imageFile), fs.ErrNotExist)
	case files[parts[1]+imageFile] == "":
		return Sets{}, mark.Error(errors.Errorf("no t10k%s[.gz] or test%[1]s[.gz] beside the training images", imageFile), fs.ErrNotExist)
	case files[parts[2]+imageFile] == "":
		parts = parts[:2]
	}
	if len(parts) > 1 && (c.Valid != 0 || c.Test != 0) {
		return Sets{}, errors.Errorf("the folder has a test set of its own, so that Valid %d and Test %d divide nothing; use Set.Split", c.Valid, c.Test)
	}
	raw := make([]rawPart, len(parts))
	scale := float32(1)
	for i, p := range parts {
		if raw[i], err = readPart(dir, files[p+imageFile], files[p+labelFile], c.MaxBytes); err != nil {
			return Sets{}, err
		}
		if d, first := raw[i].images.Dims, raw[0].images.Dims; d[1] != first[1] || d[2] != first[2] {
			return Sets{}, mark.Error(errors.Errorf("%s has images of %dx%d, %s of %dx%d",
				files[p+imageFile], d[1], d[2], files[parts[0]+imageFile], first[1], first[2]), ErrWrongFile)
		}
		if slices.Max(raw[i].images.Data) > 1 {
			scale = 255
		}
	}
	sets := make([]*Set, 3)
	for i, r := range raw {
		if sets[i], err = r.set(scale); err != nil {
			return Sets{}, err
		}
	}
	if len(parts) == 1 {
		return divide(sets[0], c)
	}
	return Sets{Train: sets[0], Test: sets[1], Valid: sets[2]}, nil
}

// rawPart is one part as it is on the disk.
type rawPart struct{ images, labels *IDX }

func readPart(dir, images, labels string, max int) (p rawPart, err error) {
	if p.images, err = ReadIDX(filepath.Join(dir, images), max); err != nil {
		return p, err
	}
	d := p.images.Dims
	if len(d) != 3 || len(p.images.Data) == 0 {
		return p, mark.Error(errors.Errorf("%s has sizes %v, want images × rows × columns", images, d), ErrWrongFile)
	}
	if labels == "" {
		return p, nil
	}
	if p.labels, err = ReadIDX(filepath.Join(dir, labels), max); err != nil {
		return p, err
	}
	if l := p.labels.Dims; len(l) != 1 || l[0] != d[0] {
		return p, mark.Error(errors.Errorf("%s has sizes %v, want a label for each of the %d images of %s", labels, l, d[0], images), ErrWrongFile)
	}
	return p, nil
}

func (p rawPart) set(scale float32) (*Set, error) {
	var level [256]float32
	for i := range level {
		level[i] = float32(i) / scale
	}
	x := room(len(p.images.Data))
	for i, v := range p.images.Data {
		x[i] = level[v]
	}
	h, w := p.images.Dims[1], p.images.Dims[2]
	arrays := []Array{FromFlat("x", x, h, w)}
	if p.labels != nil {
		arrays = append(arrays, FromFlat("y", p.labels.Data, 1))
	}
	return New(arrays...)
}

// divide splits a set of one file, test rows first.
func divide(s *Set, c LoadConfig) (out Sets, err error) {
	test := c.Test
	if test == 0 {
		test = max(1, s.Len()/10)
	}
	if out.Train, out.Test, err = s.Split(c.Seed, test); err != nil {
		return Sets{}, errors.WithMessage(err, "test rows")
	}
	if c.Valid != 0 {
		if out.Train, out.Valid, err = out.Train.Split(c.Seed, c.Valid); err != nil {
			return Sets{}, errors.WithMessage(err, "validation rows")
		}
	}
	return out, nil
}
