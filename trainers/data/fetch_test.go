package data_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pkg/errors"

	"github.com/latentgo/latent/trainers/data"
)

func TestFetch(t *testing.T) {
	half := len(text) / 2
	rest := fmt.Sprintf("bytes=%d-", half)
	size := len(text)
	other := bytes.Repeat([]byte("x"), size)
	for _, tt := range []struct {
		name    string
		answers []http.HandlerFunc
		ranges  []string
	}{
		{"at once", []http.HandlerFunc{good}, []string{""}},
		{"resumes where it broke", []http.HandlerFunc{cut(text[:half]), good}, []string{"", rest}},
		{"breaks again in the part", []http.HandlerFunc{cut(text[:half]),
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", strconv.Itoa(size-half))
				part(fmt.Sprintf("bytes %d-%d/%d", half, size-1, size), text[half:half+100])(w, nil)
				w.(http.Flusher).Flush()
				panic(http.ErrAbortHandler)
			}, good}, []string{"", rest, fmt.Sprintf("bytes=%d-", half+100)}},
		{"breaks again from the start", []http.HandlerFunc{cut(text[:half]), cut(nil), good}, []string{"", rest, ""}},
		{"server ignores Range", []http.HandlerFunc{cut(text[:half]), whole}, []string{"", rest}},
		{"the file changed in between", []http.HandlerFunc{cutOf(`"v0"`, other[:half]), good}, []string{"", rest}},
		{"part of another place", []http.HandlerFunc{cut(text[:half]), part(fmt.Sprintf("bytes 0-%d/%d", size-1, size), text), good},
			[]string{"", rest, ""}},
		{"part of another size", []http.HandlerFunc{cut(text[:half]), part(fmt.Sprintf("bytes %d-%d/%d", half, size, size+1), text[half:]), good},
			[]string{"", rest, ""}},
		{"range refused", []http.HandlerFunc{cut(text[:half]), status(416), good}, []string{"", rest, ""}},
		{"500, then good", []http.HandlerFunc{status(500), status(503), good}, []string{"", "", ""}},
		{"too many requests", []http.HandlerFunc{status(429), good}, []string{"", ""}},
		{"connection lost before the answer", []http.HandlerFunc{func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, good},
			[]string{"", ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := serve(t, tt.answers...)
			f := fetcher(t)
			var last int64
			f.Progress = func(file string, done, total int64) {
				if file != "f" || total != int64(size) || done > total {
					t.Errorf("progress %s %d of %d", file, done, total)
				}
				last = done
			}
			dir, err := f.Fetch(t.Context(), source(m.URL+"/"))
			if err != nil {
				t.Fatal(err)
			}
			if dir != filepath.Join(f.Dir, "set") || last != int64(size) {
				t.Errorf("folder %s, %d bytes seen", dir, last)
			}
			holds(t, dir)
			if d := cmp.Diff(tt.ranges, m.ranges()); d != "" {
				t.Errorf("ranges asked, want - got +:\n%s", d)
			}
			// The second time nothing is asked.
			if _, err := f.Fetch(t.Context(), source(m.URL)); err != nil || len(m.ranges()) != len(tt.ranges) {
				t.Errorf("second time: %v, %d requests", err, len(m.ranges())-len(tt.ranges))
			}
		})
	}
}

func TestFetchTriesMirrorsInTurn(t *testing.T) {
	wrong := bytes.Repeat([]byte("x"), len(text))
	bad := []*mirror{
		serve(t, status(404)),
		serve(t, status(500)),
		serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Write(wrong) }),
		serve(t, cut(text[:10]), status(403)),
	}
	last := serve(t, good)
	var urls []string
	for _, m := range append(bad, last) {
		urls = append(urls, m.URL)
	}
	dir, err := fetcher(t).Fetch(t.Context(), source(urls...))
	if err != nil {
		t.Fatal(err)
	}
	holds(t, dir)
	for i, want := range []int{1, 4, 1, 2} {
		if n := len(bad[i].ranges()); n != want {
			t.Errorf("mirror %d asked %d times, want %d", i, n, want)
		}
	}
	// What one mirror began, another does not continue.
	if d := cmp.Diff([]string{""}, last.ranges()); d != "" {
		t.Errorf("ranges, want - got +:\n%s", d)
	}
}

func TestFetchErrors(t *testing.T) {
	wrong := bytes.Repeat([]byte("x"), len(text))
	sum := sha256.Sum256(wrong)
	long := append(bytes.Clone(text), '!')
	gone := httptest.NewServer(nil)
	gone.Close()
	half := len(text) / 2
	for _, tt := range []struct {
		name, want string
		answers    []http.HandlerFunc
	}{
		{"404", "status 404 Not Found", []http.HandlerFunc{status(404)}},
		{"500", "status 500 Internal Server Error", []http.HandlerFunc{status(500)}},
		{"wrong bytes", fmt.Sprintf("SHA-256 is %x, want %s", sum, source().Files[0].SHA256),
			[]http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) { w.Write(wrong) }}},
		{"wrong size", "65537 bytes, want 65536", []http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(long)))
			w.Write(long)
		}}},
		{"too long without saying so", "more than the 65536 bytes expected", []http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush()
			w.Write(long)
		}}},
		{"too short without saying so", "broken after 65535 of 65536 bytes: unexpected EOF", []http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush()
			w.Write(text[1:])
		}}},
		{"always breaking", "broken after 0 of 65536 bytes: unexpected EOF", []http.HandlerFunc{cut(nil)}},
		{"wrong part", `Content-Range "bytes 1-65535/65536", want "bytes 32768-65535/65536": starting again`,
			[]http.HandlerFunc{cut(text[:half]), part("bytes 1-65535/65536", text[1:]), cut(text[:half]), part("bytes 1-65535/65536", text[1:])}},
		{"range refused", "status 416 Requested Range Not Satisfiable: starting again", []http.HandlerFunc{cut(text[:half]), status(416), status(416)}},
		{"part without asking", "status 206 Partial Content", []http.HandlerFunc{part("bytes 1-65535/65536", text[1:])}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := serve(t, tt.answers...)
			f := fetcher(t)
			_, err := f.Fetch(t.Context(), source(m.URL, gone.URL))
			wantError(t, err, "data: fetch set/f: no mirror delivers it: "+m.URL+"/f: "+tt.want+"; "+gone.URL+"/f: request: dial tcp ")
			if names, _ := os.ReadDir(filepath.Join(f.Dir, "set")); len(names) != 0 {
				t.Errorf("left behind: %v", names)
			}
		})
	}
}

func TestFetchStall(t *testing.T) {
	f := fetcher(t)
	f.Stall, f.Tries = 50*time.Millisecond, 1
	m := serve(t, hang)
	_, err := f.Fetch(t.Context(), source(m.URL))
	wantError(t, err, "data: fetch set/f: no mirror delivers it: "+m.URL+"/f: broken after 32768 of 65536 bytes: nothing arrived for 50ms")

	f.Tries = 2
	dir, err := f.Fetch(t.Context(), source(serve(t, hang, good).URL))
	if err != nil {
		t.Fatal(err)
	}
	holds(t, dir)
}

func TestFetchCancelled(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{"while waiting": status(500), "while reading": hang} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			f := fetcher(t)
			f.Wait = time.Hour
			f.Progress = func(string, int64, int64) { cancel() }
			m := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if name == "while waiting" {
					time.AfterFunc(10*time.Millisecond, cancel)
				}
				answer(w, r)
			})
			_, err := f.Fetch(ctx, source(m.URL, m.URL))
			wantError(t, err, "data: fetch set/f: given up: context canceled")
			if !errors.Is(err, context.Canceled) {
				t.Error("the error does not unwrap to context.Canceled")
			}
			if n := len(m.ranges()); n != 1 {
				t.Errorf("%d requests", n)
			}
			if names, _ := os.ReadDir(filepath.Join(f.Dir, "set")); len(names) != 0 {
				t.Errorf("left behind: %v", names)
			}
		})
	}
}

// A file in the cache with other content is replaced, or at least removed.
func TestFetchReplacesWrongFile(t *testing.T) {
	f := fetcher(t)
	dir := filepath.Join(f.Dir, "set")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := write(t, dir, "f", text[1:])
	_, err := f.Fetch(t.Context(), source(serve(t, status(404)).URL))
	wantError(t, err, "data: fetch set/f: no mirror delivers it: ")
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the wrong file is still there: %v", err)
	}
	write(t, dir, "f", text[1:])
	if _, err := f.Fetch(t.Context(), source(serve(t, good).URL)); err != nil {
		t.Fatal(err)
	}
	holds(t, dir)
}

func TestFetchBadSource(t *testing.T) {
	f := fetcher(t)
	for _, tt := range []struct {
		want string
		s    data.Source
	}{
		{`data: fetch "../set": "../set" is not the name of a file or folder`, data.Source{Name: "../set"}},
		{`data: fetch "": "" is not the name of a file or folder`, data.Source{}},
		{`data: fetch "set": "/etc/f" is not the name of a file or folder`, data.Source{Name: "set", Files: []data.SourceFile{{Name: "/etc/f"}}}},
		{`data: fetch "set": no mirrors`, data.Source{Name: "set"}},
	} {
		_, err := f.Fetch(t.Context(), tt.s)
		wantError(t, err, tt.want)
	}
	f.Dir = write(t, f.Dir, "file", nil)
	_, err := f.Fetch(t.Context(), source("http://127.0.0.1:0"))
	wantError(t, err, "data: fetch set: mkdir ")
}
