package main

import (
	"context"
	"crypto/subtle"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/vi/serve"
	"github.com/latentgo/latent/vi/serve/oip"
)

//go:embed page.html
var page []byte

// run is an invocation: it serves until the context is done.
func run(ctx context.Context, args []string, stdout io.Writer) error {
	o, err := parse(args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(o.bundle, "model.json")); errors.Is(err, fs.ErrNotExist) {
		if err := o.train.make(ctx, o.bundle, stdout); err != nil {
			return err
		}
	}
	a := &app{options: o, stdout: stdout}
	metrics := &oip.Metrics{}
	if a.model, err = serve.Load(os.DirFS(o.bundle), known, serve.Config{Batch: o.batch, Delay: o.delay, Meter: metrics}); err != nil {
		return err
	}
	defer a.model.Close()
	protocol, err := oip.New(a.model, oip.Config{Name: "digits", Metrics: metrics})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", o.addr)
	if err != nil {
		return errors.WithStack(err)
	}
	fmt.Fprintf(stdout, "serving %s, version %.12s, at http://%s/\n", o.bundle, a.model.Version(), l.Addr())
	return a.serve(ctx, l, a.handler(protocol))
}

// app is what is served.
type app struct {
	options
	stdout io.Writer
	model  *serve.Model
}

// serve answers until the context is done, and then those who have asked.
func (a *app) serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	watched := make(chan struct{})
	go func() { defer close(watched); a.watchBundle(ctx) }()
	select {
	case err := <-failed:
		cancel()
		<-watched
		return errors.WithStack(err)
	case <-ctx.Done():
	}
	<-watched
	wait, done := context.WithTimeout(context.Background(), 10*time.Second)
	defer done()
	return errors.WithStack(s.Shutdown(wait))
}

// watchBundle serves a bundle that was written anew. One that does not open is
// told once, and the one before is served on.
func (a *app) watchBundle(ctx context.Context) {
	if a.watch == 0 {
		return
	}
	seen := a.written()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(a.watch):
		}
		now := a.written()
		if now == seen || now == "" {
			continue
		}
		seen = now
		if err := a.model.Reload(os.DirFS(a.bundle), known); err != nil {
			fmt.Fprintln(a.stdout, "the new bundle is not served:", err)
			continue
		}
		fmt.Fprintf(a.stdout, "serving version %.12s\n", a.model.Version())
	}
}

// written tells model.json from one that was written later.
func (a *app) written() string {
	s, err := os.Stat(filepath.Join(a.bundle, "model.json"))
	if err != nil {
		return ""
	}
	return fmt.Sprint(s.ModTime().UnixNano(), s.Size())
}

// handler adds the page to the protocol, and asks for the token.
func (a *app) handler(protocol http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", protocol)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(page)
	})
	mux.HandleFunc("GET /about.json", a.about)
	return a.guarded(mux)
}

// about tells the page what it draws.
func (a *app) about(w http.ResponseWriter, _ *http.Request) {
	var b serve.Info
	var c config
	text, err := os.ReadFile(filepath.Join(a.bundle, "model.json"))
	if err == nil {
		err = json.Unmarshal(text, &b)
	}
	if err == nil {
		err = json.Unmarshal(b.Config, &c)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"latent": c.Latent, "scores": c.Scores, "training": b.Training, "version": a.model.Version()})
}

const cookie = "latent_token"

// guarded lets through what carries the token, and health checks. The page's own
// address may have it once; a cookie does from then on.
func (a *app) guarded(h http.Handler) http.Handler {
	if a.token == "" {
		return h
	}
	is := func(token string) bool { return subtle.ConstantTimeCompare([]byte(token), []byte(a.token)) == 1 }
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		kept, err := r.Cookie(cookie)
		switch {
		case strings.HasPrefix(r.URL.Path, "/v2/health/"), is(bearer), err == nil && is(kept.Value):
			h.ServeHTTP(w, r)
		case r.Method == http.MethodGet && r.URL.Path == "/" && is(r.URL.Query().Get("token")):
			http.SetCookie(w, &http.Cookie{Name: cookie, Value: a.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
			http.Redirect(w, r, "/", http.StatusSeeOther)
		default:
			w.Header().Set("WWW-Authenticate", "Bearer")
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			io.WriteString(w, `{"error":"the bearer token is missing or another one"}`+"\n")
		}
	})
}
