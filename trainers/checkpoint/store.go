package checkpoint

import (
	"io"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/store"
)

// Store is the folder of a run that is under way. trainers.Fit uses it; nobody else
// has to.
type Store struct {
	c      *Config
	fs     FS
	unlock func() error
	all    []Info   // by number
	names  []string // of all folders that may be checkpoints, by number
	number int      // the largest there was

	damaged []string // those that Load could not read; they go when there is a newer one
}

// Open makes the folder or opens it, takes it for this run and removes what a run
// that was stopped had not finished.
func (c *Config) Open() (*Store, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	s := &Store{c: c, fs: c.FS}
	if s.fs == nil {
		s.fs = store.OS{}
	}
	if err := s.open(); err != nil {
		return nil, errors.WithMessagef(err, "checkpoint: %s", c.Dir)
	}
	return s, nil
}

func (s *Store) open() (err error) {
	if err := store.Make(s.fs, s.c.Dir); err != nil {
		return err
	}
	if s.unlock, err = s.fs.Lock(s.c.Dir); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = s.unlock()
		}
	}()
	if err := store.Clean(s.fs, s.c.Dir); err != nil {
		return err
	}
	names, err := store.Names(s.fs, s.c.Dir)
	if err != nil {
		return err
	}
	s.names = slices.DeleteFunc(names, func(n string) bool { return numberOf(n) == 0 })
	slices.SortFunc(s.names, func(a, b string) int { return numberOf(a) - numberOf(b) })
	if n := len(s.names); n > 0 {
		s.number = numberOf(s.names[n-1])
	}
	s.all, err = list(s.fs, s.c.Dir)
	return err
}

func (s *Store) opened() bool { return s != nil && s.unlock != nil }

// numberOf is the number of a checkpoint by its name, 0 if it is none.
func numberOf(name string) int {
	m := nameOf.FindStringSubmatch(name)
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0
	}
	return n
}

// Close gives the folder back.
func (s *Store) Close() error {
	if !s.opened() {
		return nil
	}
	err := s.unlock()
	s.unlock = nil
	return errors.WithMessage(err, "checkpoint")
}

// Load returns the newest checkpoint with its files, or if that is damaged the one
// before, and says so to Config.Log. It returns no files where there is none at all;
// where all are damaged that is an error.
func (s *Store) Load() (i Info, files map[string][]byte, err error) {
	if !s.opened() {
		return Info{}, nil, errors.New("checkpoint: load: the Store is not of Config.Open")
	}
	for k := len(s.names) - 1; k >= 0; k-- {
		name := s.names[k]
		if i, files, err = read(s.fs, s.c.Dir, name); err == nil {
			return i, files, nil
		}
		s.damaged = append(s.damaged, name)
		s.all = slices.DeleteFunc(s.all, func(i Info) bool { return i.name() == name })
		if k > 0 {
			s.Log("checkpoint " + name + " is damaged, the one before is taken: " + err.Error())
		}
	}
	if err != nil {
		err = errors.WithMessagef(err, "checkpoint: none of the %d in %s can be read; move them away to start anew", len(s.names), s.c.Dir)
	}
	return Info{}, nil, err
}

// Log tells Config.Log, if there is one.
func (s *Store) Log(line string) {
	if s.opened() && s.c.Log != nil {
		s.c.Log(line)
	}
}

// Due tells whether a checkpoint is to be written.
func (s *Store) Due(m Moment) bool {
	if !s.opened() {
		return false
	}
	for _, w := range s.c.saves() {
		if w.Due(m) {
			return true
		}
	}
	return false
}

// Put is a file to be written.
type Put = store.Part

// Write writes a checkpoint and removes those that are not kept any more. Of info,
// Number and Path are filled in.
func (s *Store) Write(i Info, files ...Put) error {
	if !s.opened() {
		return errors.New("checkpoint: write: the Store is not of Config.Open")
	}
	s.number++
	i.Number = s.number
	text, err := i.encode()
	if err != nil {
		return errors.WithMessage(err, "checkpoint: write")
	}
	files = append([]Put{{Name: infoFile, Write: func(w io.Writer) error {
		_, err := w.Write(text)
		return errors.WithStack(err)
	}}}, files...)
	if err := store.Commit(s.fs, s.c.Dir, i.name(), files); err != nil {
		return errors.WithMessage(err, "checkpoint")
	}
	i.Path = filepath.Join(s.c.Dir, i.name())
	s.all = append(s.all, i)
	return errors.WithMessage(s.prune(), "checkpoint")
}

// prune removes what no policy keeps.
func (s *Store) prune() error {
	keep := make([]bool, len(s.all))
	keep[len(keep)-1] = true
	for _, w := range s.c.keeps() {
		k := w.Keep(slices.Clone(s.all))
		if len(k) != len(keep) {
			return errors.Errorf("%T says of %d of %d checkpoints whether they are kept", w, len(k), len(keep))
		}
		for i := range k {
			keep[i] = keep[i] || k[i]
		}
	}
	var gone []string
	var left []Info
	for i, info := range s.all {
		if keep[i] {
			left = append(left, info)
		} else {
			gone = append(gone, info.name())
		}
	}
	gone, s.all, s.damaged = append(gone, s.damaged...), left, nil
	return store.Remove(s.fs, s.c.Dir, gone...)
}
