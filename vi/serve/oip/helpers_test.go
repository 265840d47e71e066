package oip_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/layers"
	"github.com/latentgo/latent/prob"
	"github.com/latentgo/latent/vi"
	"github.com/latentgo/latent/vi/serve"
	"github.com/latentgo/latent/vi/serve/oip"
)

// vae is p(z) = N(0, I), p(x|z) = Bernoulli(dec(z)), q(z|x) = N(enc(x)), of four
// numbers and two latents.
func vae(s *graph.Scope) vi.Model {
	enc, dec := layers.NewDense(s.In("enc"), 4, 4), layers.NewDense(s.In("dec"), 2, 4)
	return vi.Model{
		Joint: func(t *vi.Trace) {
			t.Draw("x", prob.Bernoulli{Logits: dec.Apply(t.Draw("z", prob.StdNormal(2)))})
		},
		Guide: func(t *vi.Trace) {
			h := enc.Apply(t.Given("x"))
			t.Draw("z", prob.Normal{Mean: graph.Cols(h, 0, 2), LogStd: graph.Cols(h, 2, 4)})
		},
	}
}

var spec = serve.Spec{Model: vae, Arrays: []serve.Array{{Name: "x", Shape: []int{4}}}}

// start serves the VAE under the name "v" until the test ends.
func start(t testing.TB, dt graph.Dtype, c oip.Config) (*serve.Model, *httptest.Server) {
	t.Helper()
	c.Name, c.Metrics = "v", &oip.Metrics{}
	m, err := serve.New(spec, &graph.Params{Seed: 3, Dtype: dt}, serve.Config{Meter: c.Metrics, Rows: 100})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	h, err := oip.New(m, c)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return m, s
}

// post sends a body and returns the status and the reply.
func post(t testing.TB, url string, body []byte, header ...string) (int, http.Header, []byte) {
	t.Helper()
	r, err := http.NewRequest("POST", url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	reply, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	b, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode, reply.Header, b
}

// get returns the status and the body.
func get(t testing.TB, url string) (int, string) {
	t.Helper()
	reply, err := http.Get(url)
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

// answer is the JSON of a reply.
type answer struct {
	ModelName    string `json:"model_name"`
	ModelVersion string `json:"model_version"`
	ID           string
	Error        string
	Outputs      []struct {
		Name, Datatype string
		Shape          []int
		Data           []*float64
		Parameters     map[string]int
	}
}

func decoded(t testing.TB, b []byte) (a answer) {
	t.Helper()
	if err := json.Unmarshal(b, &a); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	return a
}
