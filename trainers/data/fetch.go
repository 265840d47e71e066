package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/atomicfile"
)

// Fetcher downloads data sets into a cache. Its zero value is ready to use.
type Fetcher struct {
	Dir      string                               // of the cache; empty: the folder "latent" in os.UserCacheDir
	Client   *http.Client                         // nil: http.DefaultClient
	Tries    int                                  // requests to each mirror for a file; zero: 4
	Wait     time.Duration                        // before the second request, doubled for each further one; zero: one second
	Stall    time.Duration                        // without a byte, after which a connection counts as broken; zero: 30 s
	Progress func(file string, done, total int64) // called as bytes arrive; done goes back when a download starts again; may be nil
}

// Fetch returns the folder with the files of s, having downloaded those that
// are missing or have the wrong digest. Load reads it.
//
// Mirrors are tried in turn. A broken connection is resumed where it broke; a
// server error or a stall is tried again after a pause; a file that is whole but
// has the wrong digest is thrown away. A file appears under its name only when
// its digest is right.
//
// The error names the file and what each mirror answered.
func (f Fetcher) Fetch(ctx context.Context, s Source) (dir string, err error) {
	if ctx == nil {
		return "", errors.New("data: fetch: the context is nil")
	}
	if f.Tries < 0 || f.Wait < 0 || f.Stall < 0 {
		return "", errors.Errorf("data: fetch: Tries %d, Wait %v and Stall %v, want none below 0", f.Tries, f.Wait, f.Stall)
	}
	if f.Dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", errors.Wrap(err, "data: fetch")
		}
		f.Dir = filepath.Join(cache, "latent")
	}
	if f.Client == nil {
		f.Client = http.DefaultClient
	}
	if f.Tries == 0 {
		f.Tries = 4
	}
	if f.Wait == 0 {
		f.Wait = time.Second
	}
	if f.Stall == 0 {
		f.Stall = 30 * time.Second
	}
	if f.Progress == nil {
		f.Progress = func(string, int64, int64) {}
	}
	if err := s.check(); err != nil {
		return "", errors.WithMessagef(err, "data: fetch %q", s.Name)
	}
	dir = filepath.Join(f.Dir, s.Name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", errors.Wrapf(err, "data: fetch %s", s.Name)
	}
	for _, file := range s.Files {
		if err := f.file(ctx, filepath.Join(dir, file.Name), s.Mirrors, file); err != nil {
			return "", errors.WithMessagef(err, "data: fetch %s/%s", s.Name, file.Name)
		}
	}
	return dir, nil
}

// file makes sure of one file.
func (f Fetcher) file(ctx context.Context, path string, mirrors []string, want SourceFile) error {
	have, err := os.Open(path)
	switch {
	case err == nil:
		err = verify(have, want)
		have.Close()
		if err == nil {
			return nil
		}
		if err := os.Remove(path); err != nil {
			return errors.Wrap(err, "remove the wrong file")
		}
	case !errors.Is(err, fs.ErrNotExist):
		return errors.Wrap(err, "open")
	}
	var answers []string
	for _, m := range mirrors {
		d := download{Fetcher: f, url: strings.TrimSuffix(m, "/") + "/" + want.Name, want: want}
		err := d.to(ctx, path)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return errors.Wrap(context.Cause(ctx), "given up")
		}
		answers = append(answers, d.url+": "+err.Error())
	}
	return errors.Errorf("no mirror delivers it: %s", strings.Join(answers, "; "))
}

// verify checks the digest of a file from its start.
func verify(r io.ReadSeeker, want SourceFile) error {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return errors.Wrap(err, "digest")
	}
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return errors.Wrap(err, "digest")
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want.SHA256 {
		return errors.Errorf("SHA-256 is %s, want %s", got, want.SHA256)
	}
	return nil
}

// to downloads the file to path from one mirror.
func (d *download) to(ctx context.Context, path string) error {
	temp, err := atomicfile.Create(path)
	if err != nil {
		return err
	}
	defer temp.Close()
	d.temp = temp
	wait := d.Wait
	for try := 1; ; try++ {
		again, err := d.attempt(ctx)
		if err == nil {
			break
		}
		if !again || try >= d.Tries || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait *= 2
	}
	if err := verify(temp, d.want); err != nil {
		return err
	}
	return temp.Commit()
}
