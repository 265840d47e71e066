package oip_test

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/exported"
	"github.com/latentgo/latent/vi/serve"
	"github.com/latentgo/latent/vi/serve/oip"
)

// TestEveryOptionHasAnEffect: replies that differ, or a second that is an error which
// holds the third. A new field has no entry and fails.
func TestEveryOptionHasAnEffect(t *testing.T) {
	// of is the reply to a request and to one for metrics, with a status that is no
	// success as an error.
	of := func(c oip.Config) string {
		m, err := serve.New(spec, &graph.Params{Seed: 3}, serve.Config{Meter: &oip.Metrics{}, Version: "1"})
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
		status, _, body := post(t, s.URL+"/v2/models/decode/infer", []byte(`{"inputs": [{"name": "z", "shape": [1, 2], "datatype": "FP32", "data": [0, 0]}]}`))
		metrics, _ := get(t, s.URL+"/metrics")
		if text := fmt.Sprint(status, metrics, string(body)); status == 200 {
			return text
		} else {
			return "error " + text
		}
	}
	plain := of(oip.Config{})
	exported.Effects(t, map[string][][]string{
		"Config.Name":    {{plain, of(oip.Config{Name: "v"}), "v.decode"}},
		"Config.MaxBody": {{plain, of(oip.Config{MaxBody: 10}), "more than 10 bytes"}},
		"Config.Metrics": {{plain, of(oip.Config{Metrics: &oip.Metrics{}})}},
	})
}
