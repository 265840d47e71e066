// Package oip answers the requests of the Open Inference Protocol, version 2, over
// HTTP for a serve.Model, with nothing but net/http. Clients of Triton, KServe and
// MLServer speak it.
//
//	h, err := oip.New(model, oip.Config{Name: "digits"})
//	err = (&http.Server{Addr: "localhost:8000", Handler: h, ReadTimeout: 10 * time.Second}).ListenAndServe()
//
// Every operation of the model is a model of the protocol, "digits.encode" or, if
// Config.Name is empty, "encode". Its inputs and outputs are tensors whose first
// axis counts the rows:
//
//	GET  /v2                             name, version and extensions of the server
//	GET  /v2/health/live, /v2/health/ready
//	GET  /v2/models/MODEL                its inputs and outputs
//	GET  /v2/models/MODEL/ready
//	POST /v2/models/MODEL/infer
//	GET  /metrics                        in Prometheus's text format
//
// The paths of a model may have /versions/HASH in them: only that version is
// asked then. Every reply has the hash of the version that answered as its
// model_version.
//
// Inputs are FP32, FP64, INT64 or BOOL, in JSON or in the binary extension;
// outputs are FP32 or FP64, as the model is. What a request wants besides its
// tensors are parameters of it: "seed", "draws" and, where no tensor says how
// many, "rows". In JSON null stands for NaN: a missing entry that is to be
// imputed, and in replies a number that is not finite, which only "khat" can be.
//
// An error is a status and an object with the one member "error": 400 for a
// request that cannot be answered, 404 for what does not exist, 413 for a body
// above Config.MaxBody, 415 for a body that is compressed, 503 for a full queue
// or a closed model. Rows and draws are limited by serve.Config. How long a slow
// client may take is the http.Server's to say, as is a listener beyond the
// machine, and who may ask: profiles, tokens and encryption are left to what is
// put around the handler.
//
// See the example New, in example_test.go.
package oip

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi/serve"
)

// Config says how a model is shown.
type Config struct {
	Name    string   // of the models before their operation; "" means the operations alone
	MaxBody int64    // bytes of a request; 0 means 64 MiB
	Metrics *Metrics // that the model tells what happens, for /metrics; nil means none
}

// Handler is an http.Handler of the protocol. New makes one.
type Handler struct {
	model  *serve.Model
	config Config
	mux    *http.ServeMux
	spare  sync.Pool // of *exchange
}

// New makes a handler of a model.
func New(m *serve.Model, c Config) (*Handler, error) {
	switch {
	case !m.Ready():
		return nil, errors.New("oip: the model is nil, zero or closed")
	case c.MaxBody < 0:
		return nil, errors.Errorf("oip: MaxBody %d, want 1 or more, or 0 for 64 MiB", c.MaxBody)
	case strings.ContainsAny(c.Name, "/ \t\n"):
		return nil, errors.Errorf("oip: the name %q has a slash or a space", c.Name)
	}
	if c.MaxBody == 0 {
		c.MaxBody = 64 << 20
	}
	h := &Handler{model: m, config: c, mux: http.NewServeMux()}
	h.mux.HandleFunc("GET /v2", h.server)
	h.mux.HandleFunc("GET /v2/health/live", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	h.mux.HandleFunc("GET /v2/health/ready", h.ready)
	for _, version := range []string{"", "/versions/{version}"} {
		path := "/v2/models/{model}" + version
		h.mux.HandleFunc("GET "+path, h.metadata)
		h.mux.HandleFunc("GET "+path+"/ready", h.modelReady)
		h.mux.HandleFunc("POST "+path+"/infer", h.infer)
	}
	if c.Metrics != nil {
		h.mux.Handle("GET /metrics", c.Metrics)
	}
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, http.StatusNotFound, errors.Errorf("oip: no %s %.200s", r.Method, r.URL.Path))
	})
	return h, nil
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h == nil || h.mux == nil {
		http.Error(w, "oip: the Handler is nil or zero, want one that New returned", http.StatusInternalServerError)
		return
	}
	h.mux.ServeHTTP(w, r)
}

func (h *Handler) server(w http.ResponseWriter, _ *http.Request) {
	reply(w, map[string]any{"name": "latent", "version": h.model.Version(), "extensions": []string{"binary_tensor_data"}})
}

func (h *Handler) ready(w http.ResponseWriter, _ *http.Request) {
	if !h.model.Ready() {
		fail(w, http.StatusServiceUnavailable, serve.ErrClosed)
		return
	}
	w.WriteHeader(http.StatusOK)
}

func (h *Handler) modelReady(w http.ResponseWriter, r *http.Request) {
	if _, err := h.operation(r); err != nil {
		fail(w, http.StatusNotFound, err)
		return
	}
	h.ready(w, r)
}

// operation finds what a path asks of, in the version that it names, if any.
func (h *Handler) operation(r *http.Request) (serve.Operation, error) {
	name := r.PathValue("model")
	op := name
	if h.config.Name != "" {
		op, _ = strings.CutPrefix(name, h.config.Name+".")
		if op == name {
			op = ""
		}
	}
	found, ok := h.model.Operation(op)
	if !ok {
		var names []string
		for _, o := range h.model.Operations() {
			names = append(names, h.name(o.Name))
		}
		return serve.Operation{}, errors.Errorf("oip: no model %.100q; there are %v", name, names)
	}
	if v, now := r.PathValue("version"), h.model.Version(); v != "" && v != now {
		return serve.Operation{}, errors.Errorf("oip: model %s has no version %.100q; there is %s", name, v, now)
	}
	return found, nil
}

// name is what an operation is called here.
func (h *Handler) name(operation string) string {
	if h.config.Name == "" {
		return operation
	}
	return h.config.Name + "." + operation
}

// tensorInfo describes a tensor; −1 is a size that requests choose.
type tensorInfo struct {
	Name     string `json:"name"`
	Datatype string `json:"datatype"`
	Shape    []int  `json:"shape"`
}

func (h *Handler) metadata(w http.ResponseWriter, r *http.Request) {
	op, err := h.operation(r)
	if err != nil {
		fail(w, http.StatusNotFound, err)
		return
	}
	list := []tensorInfo{}
	inputs, outputs := list, list
	for _, in := range op.Inputs {
		inputs = append(inputs, tensorInfo{in.Name, h.datatype(), append([]int{-1}, in.Shape...)})
	}
	for _, out := range op.Outputs {
		outputs = append(outputs, tensorInfo{out.Name, h.datatype(), append([]int{-1}, out.Shape...)})
	}
	reply(w, map[string]any{
		"name": h.name(op.Name), "versions": []string{h.model.Version()}, "platform": "latent", "inputs": inputs, "outputs": outputs,
	})
}

// datatype is that of all outputs.
func (h *Handler) datatype() string {
	if h.model.Dtype() == graph.Float64 {
		return fp64
	}
	return fp32
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

// fail answers with an error.
func fail(w http.ResponseWriter, status int, err error) {
	w.Header().Set("Content-Type", "application/json")
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"error": err.Error()})
}

// status is that of an error of the model.
func status(err error) int {
	for _, s := range []struct {
		err    error
		status int
	}{
		{serve.ErrRequest, http.StatusBadRequest}, {serve.ErrOperation, http.StatusNotFound}, {serve.ErrFull, http.StatusServiceUnavailable},
		{serve.ErrClosed, http.StatusServiceUnavailable}, {context.DeadlineExceeded, http.StatusGatewayTimeout}, {context.Canceled, 499},
	} {
		if errors.Is(err, s.err) {
			return s.status
		}
	}
	return http.StatusInternalServerError
}
