package oip_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi/serve"
	"github.com/latentgo/latent/vi/serve/oip"
)

// TestInfer asks in JSON and in binary, in both dtypes, and compares with the
// model itself.
func TestInfer(t *testing.T) {
	for _, dt := range []graph.Dtype{graph.Float32, graph.Float64} {
		m, s := start(t, dt, oip.Config{})
		x := []float64{0, 1, 1, 0, 1, 1, 0, 0}
		want, err := m.Encode(context.Background(), serve.Request{Values: map[string][]float64{"x": x}, Seed: 7, Draws: 3})
		if err != nil {
			t.Fatal(err)
		}
		datatype, width := "FP32", 4
		if dt == graph.Float64 {
			datatype, width = "FP64", 8
		}
		url := s.URL + "/v2/models/v.encode/infer"
		for what, in := range map[string]string{
			"flat":   `{"name":"x","datatype":"FP32","shape":[2,4],"data":[0,1,1,0,1,1,0,0]}`,
			"nested": `{"name":"x","datatype":"FP64","shape":[2,4],"data":[[0,1.0,1e0,0],[ 1,1,0,-0]]}`,
			"whole":  `{"name":"x","datatype":"INT64","shape":[2,4],"data":[0,1,1,0,1,1,0,0]}`,
			"truth":  `{"name":"x","datatype":"BOOL","shape":[2,4],"data":[false,true,true,0,1,1,0,0]}`,
		} {
			status, _, b := post(t, url, []byte(`{"id":"a\"b","parameters":{"seed":7,"draws":3},"inputs":[`+in+`]}`))
			a := decoded(t, b)
			if status != 200 || a.ModelName != "v.encode" || a.ModelVersion != m.Version() || a.ID != `a"b` || len(a.Outputs) != 3 {
				t.Fatalf("%s: status %d, %s", what, status, b)
			}
			for i, o := range a.Outputs {
				w := want.Outputs[i]
				if o.Name != w.Name || o.Datatype != datatype || !slices.Equal(o.Shape, w.Shape) {
					t.Errorf("%s: output %+v, want %+v", what, o, w)
				}
				for k, v := range o.Data {
					if *v != w.Values[k] && float32(*v) != float32(w.Values[k]) || dt == graph.Float64 && *v != w.Values[k] {
						t.Errorf("%s: %s is %v at %d, want %v", what, o.Name, *v, k, w.Values[k])
					}
				}
			}
		}
		text := `{"parameters":{"seed":7,"draws":3},"inputs":[{"name":"x","datatype":"FP32","shape":[2,4],"parameters":{"binary_data_size":32}}],` +
			`"outputs":[{"name":"z/std"},{"name":"z/draws","parameters":{"binary_data":true}}]}`
		body := []byte(text)
		for _, v := range x {
			body = binary.LittleEndian.AppendUint32(body, math.Float32bits(float32(v)))
		}
		status, header, b := post(t, url, body, "Inference-Header-Content-Length", strconv.Itoa(len(text)))
		n, err := strconv.Atoi(header.Get("Inference-Header-Content-Length"))
		if status != 200 || err != nil || header.Get("Content-Type") != "application/octet-stream" {
			t.Fatalf("binary: status %d, %v, %s", status, err, b)
		}
		a, draws := decoded(t, b[:n]), b[n:]
		if len(a.Outputs) != 2 || a.Outputs[0].Name != "z/std" || a.Outputs[1].Parameters["binary_data_size"] != len(draws) || len(draws) != 12*width {
			t.Fatalf("binary: %s and %d bytes", b[:n], len(draws))
		}
		for k, w := range want.Get("z/draws") {
			got := math.Float64frombits(binary.LittleEndian.Uint64(append(slices.Clone(draws[k*width:(k+1)*width]), 0, 0, 0, 0)[:8]))
			if width == 4 {
				got = float64(math.Float32frombits(binary.LittleEndian.Uint32(draws[4*k:])))
			}
			if got != w {
				t.Errorf("binary: draw %v at %d, want %v", got, k, w)
			}
		}
		missing := `{"inputs":[{"name":"x","datatype":"FP32","shape":[1,4],"data":[1,null,0,null]}]}`
		if status, _, b = post(t, s.URL+"/v2/models/v.impute/infer", []byte(missing)); status != 200 || !strings.Contains(string(b), `"x/mean"`) {
			t.Errorf("impute: %d %s", status, b)
		}
		few := `{"parameters":{"draws":10},"inputs":[{"name":"x","datatype":"FP32","shape":[1,4],"data":[1,0,0,0]}]}`
		if _, _, b = post(t, s.URL+"/v2/models/v.loglikelihood/infer", []byte(few)); !strings.Contains(string(b), `"khat","datatype":"`+datatype+`","shape":[1],"data":[null]`) {
			t.Errorf("a Pareto shape by few draws: %s", b)
		}
	}
}

// TestStatus asks for metadata, health and metrics.
func TestStatus(t *testing.T) {
	m, s := start(t, graph.Float32, oip.Config{})
	for _, c := range []struct {
		path   string
		status int
		want   string
	}{
		{"/v2", 200, `"extensions":["binary_tensor_data"],"name":"latent"`},
		{"/v2/health/live", 200, ""},
		{"/v2/health/ready", 200, ""},
		{"/v2/models/v.decode", 200, `"inputs":[{"name":"z","datatype":"FP32","shape":[-1,2]}],"name":"v.decode","outputs":[{"name":"x/mean","datatype":"FP32","shape":[-1,4]},{"name":"x/std","datatype":"FP32","shape":[-1,4]}],"platform":"latent","versions":["` + m.Version() + `"]`},
		{"/v2/models/v.encode/versions/" + m.Version(), 200, `{"name":"z/draws","datatype":"FP32","shape":[-1,-1,2]}`},
		{"/v2/models/v.encode/versions/" + m.Version() + "/ready", 200, ""},
		{"/v2/models/v.encode/ready", 200, ""},
		{"/v2/models/v.encode/versions/1", 404, `model v.encode has no version \"1\"`},
		{"/v2/models/encode/ready", 404, `no model \"encode\"; there are [v.encode v.decode v.reconstruct v.sample v.loglikelihood v.elbo v.impute]`},
		{"/v2/models/v.", 404, "no model"},
		{"/v3", 404, `"error":"oip: no GET /v3"`},
	} {
		if status, body := get(t, s.URL+c.path); status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d %s, want %d %s", c.path, status, body, c.status, c.want)
		}
	}
	if status, _, b := post(t, s.URL+"/v2/models/v.sample/infer", []byte(`{"parameters":{"rows":5}}`)); status != 200 {
		t.Errorf("sample: %d %s", status, b)
	}
	post(t, s.URL+"/v2/models/v.sample/infer", []byte(`{}`))
	_, text := get(t, s.URL+"/metrics")
	for _, want := range []string{
		"# TYPE latent_requests_total counter\nlatent_requests_total{operation=\"sample\"} 2\n", `latent_request_failures_total{operation="sample"} 1`,
		`latent_rows_total{operation="sample"} 5`, `latent_request_seconds_count{operation="sample"} 2`, `latent_request_seconds_bucket{operation="sample",le="+Inf"} 2`,
		`latent_runs_total{operation="sample"} 1`, `latent_run_places_total{operation="sample"} 8`, "latent_queue_rows 0",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	m.Close()
	if status, body := get(t, s.URL+"/v2/health/ready"); status != 503 || !strings.Contains(body, "closed") {
		t.Errorf("a closed model: %d %s", status, body)
	}
	if status, header, b := post(t, s.URL+"/v2/models/v.sample/infer", []byte(`{"parameters":{"rows":5}}`)); status != 503 || header.Get("Retry-After") == "" {
		t.Errorf("a closed model: %d %s", status, b)
	}
}

// TestBadBodies wants a 4xx with the protocol's body for each.
func TestBadBodies(t *testing.T) {
	_, s := start(t, graph.Float32, oip.Config{MaxBody: 2000})
	one := func(in string) string { return `{"inputs":[` + in + `]}` }
	for _, c := range []struct {
		body, header string
		status       int
		want         string
	}{
		{``, "", 400, "JSON"},
		{`{"inputs":[`, "", 400, "unexpected end of JSON input"},
		{`[]`, "", 400, "JSON"},
		{`{}`, "", 400, "array x is not given"},
		{`{"inputs":[{}]}`, "", 400, `encode has no input \"\"; it has [x]`},
		{one(`{"name":"y","shape":[1,4],"datatype":"FP32","data":[1,1,1,1]}`), "", 400, `no input \"y\"`},
		{one(`{"name":"x","shape":[1,5],"datatype":"FP32","data":[1,1,1,1,1]}`), "", 400, "shape [1 5], want rows of [4]"},
		{one(`{"name":"x","shape":[],"datatype":"FP32","data":[1]}`), "", 400, "shape []"},
		{one(`{"name":"x","shape":[-1,4],"datatype":"FP32","data":[1]}`), "", 400, "shape [-1 4]"},
		{one(`{"name":"x","shape":[9000000000000000000,4],"datatype":"FP32","data":[1]}`), "", 400, "is too large"},
		{one(`{"name":"x","shape":[1,4],"datatype":"FP16","data":[1,1,1,1]}`), "", 400, `datatype \"FP16\"`},
		{one(`{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,1,1]}`), "", 400, "3 numbers, want 4"},
		{one(`{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,1,1,1,1]}`), "", 400, "5 numbers, want 4"},
		{one(`{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,"1",1,1]}`), "", 400, "for element 1, want a number"},
		{one(`{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,1e999,1,1]}`), "", 400, "is no float64"},
		{one(`{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,true,1,1]}`), "", 400, "data has true for element 1 of FP32"},
		{one(`{"name":"x","shape":[1,4],"datatype":"INT64","data":[1,0.5,1,1]}`), "", 400, "data has 0.5 for element 1 of INT64"},
		{one(`{"name":"x","shape":[1,4],"datatype":"BOOL","data":[1,2,1,1]}`), "", 400, "data has 2 for element 1 of BOOL"},
		{one(`{"name":"x","shape":[1,4],"datatype":"FP32"}`), "", 400, "no data"},
		{one(`{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,null,1,1]}`), "", 400, "x, row 0, element 1: the value is NaN"},
		{one(`{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,3,1,1]}`), "", 400, "x, row 0, element 1: value 3 is outside"},
		{one(strings.Repeat(`{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,1,1,1]},`, 2) + `{}`), "", 400, "input x is given twice"},
		{one(`{"name":"x","shape":[1,4],"datatype":"FP32","parameters":{"binary_data_size":16}}`), "", 400, "binary_data_size 16 with 0 bytes left"},
		{`{"inputs":[{"name":"x","shape":[101,4],"datatype":"BOOL","data":[` + strings.Repeat("0,", 403) + `0]}]}`, "", 400, "101 rows, at most 100"},
		{`{"parameters":{"seed":-1}}`, "", 400, "parameter seed is -1"},
		{`{"parameters":{"draws":"x"}}`, "", 400, "parameter draws is x"},
		{`{"parameters":{"draw":1}}`, "", 400, `parameter \"draw\" is unknown`},
		{`{"parameters":{"draws":20000},"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,1,1,1]}]}`, "", 400, "20000 draws, at most 10000"},
		{`{"outputs":[{"name":"w"}],"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,1,1,1]}]}`, "", 400, `no output \"w\"`},
		{`{}`, "9", 400, "and the body has 2 bytes"},
		{`{}`, "x", 400, "and the body has 2 bytes"},
		{`{"inputs":[]}rest`, "13", 400, "4 bytes behind the binary tensors"},
		{strings.Repeat(" ", 2001), "", 413, "more than 2000 bytes"},
	} {
		header := []string{}
		if c.header != "" {
			header = []string{"Inference-Header-Content-Length", c.header}
		}
		status, h, b := post(t, s.URL+"/v2/models/v.encode/infer", []byte(c.body), header...)
		if status != c.status || h.Get("Content-Type") != "application/json" || !strings.Contains(string(b), c.want) || decoded(t, b).Error == "" {
			t.Errorf("%.80s: %d %s, want %d %s", c.body, status, b, c.status, c.want)
		}
	}
	if status, _, b := post(t, s.URL+"/v2/models/v.encode/infer", nil, "Content-Encoding", "gzip"); status != http.StatusUnsupportedMediaType || decoded(t, b).Error == "" {
		t.Errorf("a compressed body: %d %s", status, b)
	}
}

// FuzzInfer sends bodies of any kind: none gets another answer than the
// protocol's, and none hurts the server.
func FuzzInfer(f *testing.F) {
	f.Add([]byte(`{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,0,1,0]}]}`), 0, "encode")
	f.Add([]byte(`{"parameters":{"rows":2,"seed":1}}`), 0, "sample")
	f.Add([]byte("{\"inputs\":[{\"name\":\"z\",\"shape\":[1,2],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":8}}]}\x00\x00\x80\x3f\x00\x00\xc0\x7f"), 90, "decode")
	f.Add([]byte(`{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP64","data":[[null,0],[1,-0]]}],"parameters":{"draws":3},"outputs":[{"name":"x/mean","parameters":{"binary_data":true}}]}`), 0, "impute")
	_, s := start(f, graph.Float32, oip.Config{MaxBody: 1 << 16})
	f.Fuzz(func(t *testing.T, body []byte, length int, op string) {
		if strings.ContainsAny(op, "/%?# ") || op != strings.ToValidUTF8(op, "") || strings.ContainsFunc(op, func(r rune) bool { return r < '!' || r > '~' }) {
			return
		}
		var header []string
		if length != 0 {
			header = []string{"Inference-Header-Content-Length", fmt.Sprint(length)}
		}
		status, h, b := post(t, s.URL+"/v2/models/v."+op+"/infer", body, header...)
		if status >= 500 {
			t.Fatalf("status %d: %s", status, b)
		}
		if n, err := strconv.Atoi(h.Get("Inference-Header-Content-Length")); err == nil {
			b = b[:n]
		}
		if a := decoded(t, b); (status == 200) != (a.Error == "") {
			t.Fatalf("status %d: %s", status, b)
		}
	})
}

// TestConformance lets the client of Triton ask: LATENT_TRITON names a Python that
// has tritonclient[http].
func TestConformance(t *testing.T) {
	python := os.Getenv("LATENT_TRITON")
	if python == "" {
		t.Skip("LATENT_TRITON is not set")
	}
	_, s := start(t, graph.Float32, oip.Config{})
	out, err := exec.Command(python, "testdata/conformance.py", strings.TrimPrefix(s.URL, "http://")).CombinedOutput()
	if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), "conforms") {
		t.Errorf("%v\n%s", err, out)
	}
}
