package data_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/latentgo/latent/trainers/data"
)

// text is the file that the tests download.
var text = bytes.Repeat([]byte("0123456789abcdef"), 1<<12)

// source is a data set of the one file "f" at the mirrors.
func source(mirrors ...string) data.Source {
	sum := sha256.Sum256(text)
	return data.Source{Name: "set", Mirrors: mirrors, Files: []data.SourceFile{
		{Name: "f", Size: int64(len(text)), SHA256: hex.EncodeToString(sum[:])},
	}}
}

// mirror is a server that answers request i with answers[i], and all further
// ones with the last. It keeps what was asked.
type mirror struct {
	*httptest.Server
	mu      sync.Mutex
	answers []http.HandlerFunc
	asked   []string // the Range of each request
}

func serve(t *testing.T, answers ...http.HandlerFunc) *mirror {
	m := &mirror{answers: answers}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		m.asked = append(m.asked, r.Header.Get("Range"))
		answer := m.answers[min(len(m.asked), len(m.answers))-1]
		m.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(m.Close)
	return m
}

func (m *mirror) ranges() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.asked
}

// good serves the file with Range and If-Range.
func good(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", `"v1"`)
	http.ServeContent(w, r, "f", time.Time{}, bytes.NewReader(text))
}

// whole ignores Range.
func whole(w http.ResponseWriter, _ *http.Request) { w.Write(text) }

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// cut sends b, having promised the whole file, and then breaks.
func cut(b []byte) http.HandlerFunc { return cutOf(`"v1"`, b) }

// cutOf is cut with the ETag of another version.
func cutOf(tag string, b []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", tag)
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		w.Write(b)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
}

// part answers 206 with the given Content-Range and body.
func part(content string, b []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Range", content)
		w.WriteHeader(http.StatusPartialContent)
		w.Write(b)
	}
}

// hang sends half of the file and then nothing until the client leaves.
func hang(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", `"v1"`)
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.Write(text[:len(text)/2])
	w.(http.Flusher).Flush()
	<-r.Context().Done()
}

func fetcher(t *testing.T) data.Fetcher {
	return data.Fetcher{Dir: t.TempDir(), Wait: time.Microsecond, Stall: 5 * time.Second}
}

// holds checks that dir has the whole file under its name, and nothing else.
func holds(t *testing.T, dir string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "f"))
	if err != nil || !bytes.Equal(b, text) {
		t.Errorf("file of %d bytes (%v), want %d", len(b), err, len(text))
	}
	if names, _ := os.ReadDir(dir); len(names) != 1 {
		t.Errorf("left behind: %v", names)
	}
}
