package data

import (
	"bufio"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/mark"
)

// Corpus is documents as bags of words: sets whose rows "x" count how often each
// word occurs.
type Corpus struct {
	Sets
	Words []string
}

// LoadCorpus reads documents in the format of Blei's LDA-C from train.ldac, test.ldac
// and, if there, valid.ldac in a folder, each plain or with the suffix .gz: one
// document a line,
//
//	n word:count word:count …
//
// with n the number of different words and each word a line of vocab.txt, counted
// from 0. Counts are kept densely, rows times words times four bytes.
//
// errors.Is finds fs.ErrNotExist in the error of a file that is not there,
// ErrWrongFile in that of one that is not as it should be.
func LoadCorpus(dir string) (*Corpus, error) {
	c, err := loadCorpus(dir)
	return c, errors.WithMessagef(err, "data: load corpus %s", dir)
}

func loadCorpus(dir string) (*Corpus, error) {
	text, err := os.ReadFile(filepath.Join(dir, "vocab.txt"))
	if err != nil {
		return nil, errors.Wrap(err, "words")
	}
	c := &Corpus{Words: strings.Fields(string(text))}
	if len(c.Words) == 0 {
		return nil, mark.Error(errors.New("vocab.txt has no words"), ErrWrongFile)
	}
	for _, part := range []struct {
		name string
		to   **Set
	}{{"train", &c.Train}, {"test", &c.Test}, {"valid", &c.Valid}} {
		*part.to, err = readDocuments(filepath.Join(dir, part.name+".ldac"), len(c.Words))
		if part.name == "valid" && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
	}
	return c, nil
}

// readDocuments reads a file of documents, plain or compressed.
func readDocuments(path string, words int) (*Set, error) {
	counts, err := readPacked(path, "documents", func(r io.Reader) ([]float32, error) { return parseDocuments(r, words) })
	if err != nil {
		return nil, err
	}
	return New(FromFlat("x", counts, words))
}

// parseDocuments returns the counts, one document after the other.
func parseDocuments(r io.Reader, words int) (counts []float32, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<24)
	for line := 1; lines.Scan(); line++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 {
			continue
		}
		if 4*(len(counts)+words) > DefaultMaxBytes {
			return nil, errors.Errorf("line %d: %d words of each document so far are more than %d bytes", line, words, int(DefaultMaxBytes))
		}
		row := make([]float32, words)
		if err := parseDocument(fields, row); err != nil {
			return nil, errors.WithMessagef(err, "line %d", line)
		}
		counts = append(counts, row...)
	}
	switch err := lines.Err(); {
	case err != nil:
		return nil, errors.Wrapf(err, "after document %d", len(counts)/words)
	case len(counts) == 0:
		return nil, errors.New("no documents")
	}
	return counts, nil
}

func parseDocument(fields []string, row []float32) error {
	if n, err := strconv.Atoi(fields[0]); err != nil || n != len(fields)-1 {
		return errors.Errorf("begins with %.20q before %d words", fields[0], len(fields)-1)
	}
	for _, f := range fields[1:] {
		word, count, _ := strings.Cut(f, ":")
		i, err := strconv.Atoi(word)
		n, err2 := strconv.Atoi(count)
		switch {
		case err != nil || err2 != nil || n < 1 || n > 1<<24:
			return errors.Errorf("has %.30q, want word:count", f)
		case i < 0 || i >= len(row):
			return errors.Errorf("has word %d of %d", i, len(row))
		case row[i] != 0:
			return errors.Errorf("has word %d twice", i)
		}
		row[i] = float32(n)
	}
	return nil
}
