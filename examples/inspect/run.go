package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/safetensors"
	"github.com/latentgo/latent/trainers/tensorboard"
)

// errDiffer is the outcome of a comparison.
var errDiffer = errors.New("they differ")

func run(args []string, stdout io.Writer) error {
	f := flag.NewFlagSet("inspect", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	match := f.String("match", "", "show tensors with names that this `expression` finds")
	f.Usage = func() {
		fmt.Fprintln(f.Output(), "usage: inspect [-match expression] path [other]")
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(stdout)
			f.Usage()
			return nil
		}
		return err
	}
	only, err := regexp.Compile(*match)
	if err != nil {
		return errors.Wrap(err, "-match")
	}
	if n := f.NArg(); n < 1 || n > 2 {
		return errors.Errorf("%d paths, want one, or two to compare", n)
	}
	var all [][]file
	for _, path := range f.Args() {
		files, err := read(path)
		if err != nil {
			return err
		}
		all = append(all, files)
	}
	var b bytes.Buffer
	differ := false
	if len(all) == 1 {
		for i, x := range all[0] {
			if i > 0 {
				b.WriteByte('\n')
			}
			x.show(&b, only, all[0])
		}
	} else {
		differ = compare(&b, only, all[0], all[1])
	}
	if _, err := stdout.Write(b.Bytes()); err != nil {
		return errors.Wrap(err, "output")
	}
	for _, x := range slices.Concat(all...) {
		if x.damage != nil {
			return errors.WithMessage(x.damage, x.name)
		}
	}
	if differ {
		return errDiffer
	}
	return nil
}

// file is a file that was read: tensors, or JSON, or neither.
type file struct {
	name    string
	folder  bool // which is not read
	size    int
	sha256  string
	tensors *safetensors.File
	json    []byte // a document, of lines the last
	leaves  []leaf // of it, long ones shortened
	about   string // in words
	damage  error  // why it could not be understood
}

// read reads a file, or the files of a folder. Hidden ones, such as locks, are left
// out.
func read(path string) ([]file, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	if !info.IsDir() {
		x, err := readFile(path)
		return []file{x}, err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	var files []file
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		x := file{name: e.Name(), folder: true}
		if !e.IsDir() {
			if x, err = readFile(filepath.Join(path, e.Name())); err != nil {
				return nil, err
			}
		}
		files = append(files, x)
	}
	if files == nil {
		return nil, errors.Errorf("%s: an empty folder", path)
	}
	return files, nil
}

func readFile(path string) (file, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return file{}, errors.WithStack(err)
	}
	sum := sha256.Sum256(b)
	x := file{name: filepath.Base(path), size: len(b), sha256: hex.EncodeToString(sum[:])}
	x.damage = x.understand(b)
	return x, nil
}

// understand reads the bytes of a file by its name.
func (x *file) understand(b []byte) error {
	switch kind := filepath.Ext(x.name); {
	case kind == ".safetensors":
		t, err := safetensors.Read(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return err
		}
		slices.SortFunc(t.Tensors, func(a, b safetensors.Tensor) int { return strings.Compare(a.Name, b.Name) })
		x.tensors = &t
	case kind == ".json":
		x.json = b
	case kind == ".jsonl":
		whole := b[:bytes.LastIndexByte(b, '\n')+1]
		x.about = fmt.Sprintf("%d lines", bytes.Count(whole, []byte("\n")))
		if len(whole) < len(b) {
			x.about += " and one that is cut off"
		}
		if len(whole) > 0 {
			x.about += ", of which the last"
			whole = whole[:len(whole)-1]
			x.json = whole[bytes.LastIndexByte(whole, '\n')+1:]
		}
	case strings.Contains(x.name, "tfevents"):
		var err error
		if x.about, err = events(b); err != nil {
			return err
		}
	}
	if x.json == nil {
		return nil
	}
	var err error
	if x.leaves, err = document(x.json, false); err != nil {
		x.json = nil
	}
	return err
}

// events says what an event file holds.
func events(b []byte) (string, error) {
	var step int64
	var at time.Time
	n, tags := 0, map[string]bool{}
	err := tensorboard.Read(bytes.NewReader(b), func(e tensorboard.Event) error {
		n, step, at = n+1, max(step, e.Step), e.Time
		for _, v := range e.Values {
			tags[v.Tag] = true
		}
		return nil
	})
	text := fmt.Sprintf("%d events of %d tags up to step %d, the last at %s", n, len(tags), step, at.UTC().Format(time.DateTime))
	if errors.Is(err, tensorboard.ErrCut) {
		return text + ", and one that is cut off", nil
	}
	return text, err
}

// show writes what is in a file, of the others beside it.
func (x file) show(b *bytes.Buffer, only *regexp.Regexp, beside []file) {
	if x.folder {
		fmt.Fprintf(b, "%s is a folder\n", x.name)
		return
	}
	fmt.Fprintf(b, "%s: %d bytes, SHA-256 %s\n", x.name, x.size, x.sha256)
	if x.damage != nil {
		fmt.Fprintf(b, "  damaged: %v\n", x.damage)
	}
	if x.about != "" {
		fmt.Fprintf(b, "  %s\n", x.about)
	}
	if x.tensors != nil {
		showTensors(b, *x.tensors, only)
	}
	for _, l := range x.leaves {
		fmt.Fprintf(b, "  %s %s%s\n", l.path, l.value, claim(l, beside))
	}
}

var hash = regexp.MustCompile(`^"[0-9a-f]{64}"$`)

// claim says whether a text that can only be a SHA-256 is that of a file.
func claim(l leaf, beside []file) string {
	if !hash.MatchString(l.value) {
		return ""
	}
	for _, x := range beside {
		if l.value == `"`+x.sha256+`"` {
			return ", that of " + x.name
		}
	}
	return ", that of no file here"
}
