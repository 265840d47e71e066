package data

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

// Source is a data set that can be downloaded.
type Source struct {
	Name    string       // also the name of its folder in the cache
	Mirrors []string     // folders on the web with the same files, tried in turn
	Files   []SourceFile // all are fetched
}

// SourceFile is one file of a Source.
type SourceFile struct {
	Name   string
	Size   int64  // in bytes
	SHA256 string // in lower-case hexadecimal
}

// sources are the named data sets.
//
// The digests of MNIST belong to the files whose MD5 sums torchvision lists
// (pytorch/vision, torchvision/datasets/mnist.py at 01977a18), computed from
// those files. Sizes and digests of Fashion-MNIST are those of
// tensorflow/datasets, url_checksums/fashion_mnist.txt at 333639b3. Both sets
// of mirrors are in wide use.
var sources = []Source{
	{
		Name: "mnist",
		Mirrors: []string{
			"https://ossci-datasets.s3.amazonaws.com/mnist/",
			"https://storage.googleapis.com/cvdf-datasets/mnist/",
		},
		Files: []SourceFile{
			{"train-images-idx3-ubyte.gz", 9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"},
			{"train-labels-idx1-ubyte.gz", 28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"},
			{"t10k-images-idx3-ubyte.gz", 1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"},
			{"t10k-labels-idx1-ubyte.gz", 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"},
		},
	},
	{
		Name: "fashion-mnist",
		Mirrors: []string{
			"https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
			"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
		},
		Files: []SourceFile{
			{"train-images-idx3-ubyte.gz", 26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"},
			{"train-labels-idx1-ubyte.gz", 29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"},
			{"t10k-images-idx3-ubyte.gz", 4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"},
			{"t10k-labels-idx1-ubyte.gz", 5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"},
		},
	},
}

// Named returns a known data set: "mnist" (LeCun, Cortes and Burges) or
// "fashion-mnist" (Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747).
func Named(name string) (Source, error) {
	var known []string
	for _, s := range sources {
		if s.Name == name {
			s.Mirrors, s.Files = slices.Clone(s.Mirrors), slices.Clone(s.Files)
			return s, nil
		}
		known = append(known, s.Name)
	}
	return Source{}, errors.Errorf("data: no data set is named %q, known are %s", name, strings.Join(known, ", "))
}

// Open loads a known data set by its name, which f downloads once, or else the
// folder of that path. With where "" it needs neither: 20,000 Digits by the seed,
// and 2,000 for Test.
func Open(ctx context.Context, where string, f Fetcher, c LoadConfig) (Sets, error) {
	if where == "" {
		const train, test = 20000, 2000
		if c.Valid != 0 || c.Test != 0 {
			return Sets{}, errors.Errorf("data: Valid %d and Test %d rows of drawn digits, which are divided already", c.Valid, c.Test)
		}
		all := Digits(c.Seed, train+test)
		first, err := all.Slice(0, train)
		if err != nil {
			return Sets{}, err
		}
		last, err := all.Slice(train, train+test)
		return Sets{Train: first, Test: last}, err
	}
	if source, err := Named(where); err == nil {
		if where, err = f.Fetch(ctx, source); err != nil {
			return Sets{}, err
		}
	}
	return Load(where, c)
}

// check refuses names that would leave the cache folder.
func (s Source) check() error {
	for _, f := range append([]SourceFile{{Name: s.Name}}, s.Files...) {
		if !filepath.IsLocal(f.Name) || filepath.Base(f.Name) != f.Name {
			return errors.Errorf("%q is not the name of a file or folder", f.Name)
		}
	}
	if len(s.Mirrors) == 0 {
		return errors.Errorf("no mirrors")
	}
	return nil
}
