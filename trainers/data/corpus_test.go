package data_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/trainers/data"
)

// corpus writes a folder of files.
func corpus(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestLoadCorpus(t *testing.T) {
	c, err := data.LoadCorpus(corpus(t, map[string]string{
		"vocab.txt": "god\nspace\ngun\n", "train.ldac": "2 0:1 2:3\n1 1:2\n\n0\n", "test.ldac": "1 2:1\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Train.Values("x"); !slices.Equal(got, []float32{1, 0, 3, 0, 2, 0, 0, 0, 0}) {
		t.Errorf("training counts %v", got)
	}
	if c.Test.Len() != 1 || c.Valid != nil || !slices.Equal(c.Words, []string{"god", "space", "gun"}) {
		t.Errorf("%d test documents, %v, words %v", c.Test.Len(), c.Valid, c.Words)
	}
}

func TestLoadCorpusRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"2 0:1":                      `begins with "2" before 1 words`,
		"x 0:1":                      `begins with "x"`,
		"1 0":                        "want word:count",
		"1 0:0":                      "want word:count",
		"1 0:-1":                     "want word:count",
		"1 3:1":                      "word 3 of 3",
		"1 -1:1":                     "word -1 of 3",
		"2 1:1 1:2":                  "word 1 twice",
		"":                           "no documents",
		"1 0:99999999999999999999":   "want word:count",
		"\x1f\x8bnot really a gzip ": "gzip",
	} {
		_, err := data.LoadCorpus(corpus(t, map[string]string{"vocab.txt": "a b c", "train.ldac": text, "test.ldac": "1 0:1"}))
		if err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, data.ErrWrongFile) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := data.LoadCorpus(corpus(t, map[string]string{"vocab.txt": "a", "train.ldac": "1 0:1"})); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "test.ldac") {
		t.Errorf("without test.ldac: %v", err)
	}
	if _, err := data.LoadCorpus(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("empty folder: %v", err)
	}
	if _, err := data.LoadCorpus(corpus(t, map[string]string{"vocab.txt": " \n"})); !errors.Is(err, data.ErrWrongFile) {
		t.Errorf("no words: %v", err)
	}
}

// The numbers that the files' own description gives.
func TestLoadCorpusReal(t *testing.T) {
	c, err := data.LoadCorpus(real(t, "20ng"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []struct {
		set             *data.Set
		documents       int
		nonzero, tokens float64
	}{{c.Train, 11214, 603211, 919850}, {c.Valid, 100, 5134, 8334}, {c.Test, 7531, 397790, 594276}} {
		var nonzero, tokens float64
		for _, v := range part.set.Values("x") {
			if v != 0 {
				nonzero, tokens = nonzero+1, tokens+float64(v)
			}
		}
		if part.set.Len() != part.documents || nonzero != part.nonzero || tokens != part.tokens {
			t.Errorf("%d documents, %v different words, %v words, want %+v", part.set.Len(), nonzero, tokens, part)
		}
	}
}

func FuzzLoadCorpus(f *testing.F) {
	f.Add("2 0:1 2:3\n1 1:2")
	f.Add("1 0:x")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := data.LoadCorpus(corpus(t, map[string]string{"vocab.txt": "a b c", "train.ldac": text, "test.ldac": "1 0:1"}))
		if err == nil && (c.Train.Len() < 1 || c.Train.Cols("x") != 3) {
			t.Errorf("%q: %d rows of %d", text, c.Train.Len(), c.Train.Cols("x"))
		}
	})
}
