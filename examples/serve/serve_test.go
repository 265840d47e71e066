package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/latentgo/latent/vi/serve"
)

// output is a writer that several goroutines use.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// begin runs the program on a free port and returns its address.
func begin(t *testing.T, args ...string) (url string, out *output, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out = &output{}
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, append(args, "-addr", "localhost:0"), out) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(stop)
	address := regexp.MustCompile(`http://\S+/`)
	for range 6000 {
		if url = address.FindString(out.String()); url != "" {
			return url, out, stop
		}
		select {
		case err := <-ended:
			t.Fatalf("%v\n%s", err, out)
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Fatalf("nothing is served:\n%s", out)
	return "", nil, nil
}

// ask sends a request and returns the status and the body.
func ask(t *testing.T, method, url, body string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	reply, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	b, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode, string(b)
}

// TestServe trains a small model, asks what the page asks, replaces the bundle by
// another and by one that is broken, and starts once more from what is there.
func TestServe(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bundle")
	small := []string{"-bundle", dir, "-pictures", "100", "-epochs", "1", "-hidden", "10", "-latent", "2", "-watch", "20ms"}
	url, out, stop := begin(t, small...)
	if !strings.Contains(out.String(), "training on 100 digits\nELBO of 20 other digits: -") {
		t.Errorf("output %s", out)
	}
	if status, body := ask(t, "GET", url, ""); status != 200 || !strings.Contains(body, "Draw a digit") {
		t.Errorf("the page: %d %.100s", status, body)
	}
	version := func() string {
		status, body := ask(t, "GET", url+"about.json", "")
		var about struct {
			Version string
			Latent  int
			Scores  []float64
		}
		if err := json.Unmarshal([]byte(body), &about); status != 200 || err != nil || about.Latent != 2 || len(about.Scores) != 20 || about.Scores[0] > about.Scores[19] {
			t.Errorf("about: %d, %v, %.300s", status, err, body)
		}
		return about.Version
	}
	first := version()
	x := "[" + strings.Repeat("0,1,", 391) + "0,1]"
	for _, c := range []struct{ operation, input, want string }{
		{"decode", `"name":"z","shape":[1,2],"data":[0,0.5]`, `"x/mean"`},
		{"encode", `"name":"x","shape":[1,784],"data":` + x, `"z/std"`},
		{"reconstruct", `"name":"x","shape":[1,784],"data":` + x, `"x/mean"`},
		{"loglikelihood", `"name":"x","shape":[1,784],"data":` + x, `"khat"`},
	} {
		status, body := ask(t, "POST", url+"v2/models/digits."+c.operation+"/infer", `{"inputs":[{"datatype":"FP32",`+c.input+`}]}`)
		if status != 200 || !strings.Contains(body, c.want) || !strings.Contains(body, first) {
			t.Errorf("%s: %d %.200s", c.operation, status, body)
		}
	}
	if status, body := ask(t, "GET", url+"metrics", ""); status != 200 || !strings.Contains(body, `latent_requests_total{operation="decode"} 1`) {
		t.Errorf("metrics: %d %s", status, body)
	}
	o, err := parse(small, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	o.train.seed = 2
	if err := o.train.make(context.Background(), dir, io.Discard); err != nil {
		t.Fatal(err)
	}
	until := func(what string, done func() bool) {
		for range 1000 {
			if done() {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Errorf("%s did not happen:\n%s", what, out)
	}
	until("the reload", func() bool { return version() != first })
	second := version()
	path := filepath.Join(dir, "model.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(text, []byte(`"architecture": "vae"`), []byte(`"architecture": "gan"`), 1), 0o666); err != nil {
		t.Fatal(err)
	}
	until("the refusal", func() bool {
		return strings.Contains(out.String(), `the new bundle is not served: serve: open: model.json: architecture "gan" is unknown`)
	})
	if version() != second {
		t.Error("the broken bundle is served")
	}
	stop()
	if err := os.WriteFile(path, text, 0o666); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if _, out, _ = begin(t, small...); strings.Contains(out.String(), "training") {
		t.Errorf("with a bundle: %s", out)
	}
	if testing.Verbose() {
		t.Logf("serving after %v", time.Since(begun))
	}
	if _, err := serve.Open(os.DirFS(dir), known); err != nil {
		t.Error(err)
	}
}

// TestToken asks with the token, in a header and in the cookie, and without.
func TestToken(t *testing.T) {
	a := &app{options: options{token: "secret"}}
	s := a.guarded(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "in") }))
	for _, c := range []struct {
		path, header, value string
		status              int
	}{
		{"/v2/health/live", "", "", 200},
		{"/v2/health/ready", "", "", 200},
		{"/", "", "", 401},
		{"/metrics", "Authorization", "Bearer secre", 401},
		{"/metrics", "Authorization", "secret2", 401},
		{"/metrics", "Authorization", "Bearer secret", 200},
		{"/v2/models/digits.encode/infer", "Cookie", "latent_token=secret", 200},
		{"/v2/models/digits.encode/infer", "Cookie", "latent_token=", 401},
		{"/?token=secret", "", "", 303},
		{"/v2?token=secret", "", "", 401},
		{"/?token=other", "", "", 401},
	} {
		w := recorder(t, s, c.path, c.header, c.value)
		if w.Code != c.status {
			t.Errorf("%s with %s %q: %d, want %d", c.path, c.header, c.value, w.Code, c.status)
		}
	}
}

// TestMistakes gives flags that make no sense.
func TestMistakes(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-epochs 0", "-epochs 0: want 1 to 100000"}, {"x", `unexpected argument "x"`}, {"-delay -1s", "-delay and -watch"}, {"-what", "flag provided but not defined"},
		{"-bundle " + os.DevNull + " -addr :x", ""},
	} {
		if err := run(context.Background(), strings.Fields(c.args), io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.args, err)
		}
	}
	var usage bytes.Buffer
	if err := run(context.Background(), []string{"-h"}, &usage); err != nil || !strings.Contains(usage.String(), "-bundle") {
		t.Errorf("-h: %v\n%s", err, usage.String())
	}
}

func recorder(t *testing.T, h http.Handler, path, header, value string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	if header != "" {
		r.Header.Set(header, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
