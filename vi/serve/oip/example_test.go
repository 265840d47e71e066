package oip_test

import (
	"fmt"
	"io"
	"net/http/httptest"
	"strings"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi/serve"
	"github.com/latentgo/latent/vi/serve/oip"
)

// A handler of a model with metrics, asked for the decoded picture of the latents
// 0 and 0.
func ExampleNew() {
	metrics := &oip.Metrics{}
	model, err := serve.New(spec, &graph.Params{Seed: 3}, serve.Config{Meter: metrics, Version: "1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer model.Close()
	h, err := oip.New(model, oip.Config{Metrics: metrics})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(h) // or an http.Server
	defer server.Close()
	reply, err := server.Client().Post(server.URL+"/v2/models/decode/infer", "application/json",
		strings.NewReader(`{"inputs": [{"name": "z", "shape": [1, 2], "datatype": "FP32", "data": [0, 0]}], "outputs": [{"name": "x/mean"}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	fmt.Println(string(body), err)
	// Output:
	// {"model_name":"decode","model_version":"1","outputs":[{"name":"x/mean","datatype":"FP32","shape":[1,4],"data":[0.5,0.5,0.5,0.5]}]} <nil>
}
