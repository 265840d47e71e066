package oip

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/vi/serve"
)

// inferRequest is the JSON of a request.
type inferRequest struct {
	ID         string         `json:"id"`
	Parameters map[string]any `json:"parameters"`
	Inputs     []input        `json:"inputs"`
	Outputs    []output       `json:"outputs"`
}

type input struct {
	Name       string          `json:"name"`
	Shape      []int           `json:"shape"`
	Datatype   string          `json:"datatype"`
	Parameters map[string]any  `json:"parameters"`
	Data       json.RawMessage `json:"data"`
}

type output struct {
	Name       string         `json:"name"`
	Parameters map[string]any `json:"parameters"`
}

// exchange is the memory of a request and its reply, used again.
type exchange struct {
	body, out bytes.Buffer
	values    map[string][]float64
	reply     serve.Reply
	scratch   []byte
}

const (
	headerLength = "Inference-Header-Content-Length" // of the JSON, binary tensors follow it
	maxKept      = 8 << 20                           // bytes of buffers that are used again
)

func (h *Handler) infer(w http.ResponseWriter, r *http.Request) {
	op, err := h.operation(r)
	if err != nil {
		fail(w, http.StatusNotFound, err)
		return
	}
	x, _ := h.spare.Get().(*exchange)
	if x == nil {
		x = &exchange{values: map[string][]float64{}}
	}
	defer func() {
		if x.body.Cap()+x.out.Cap() < maxKept {
			h.spare.Put(x)
		}
	}()
	x.body.Reset()
	if e := r.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		fail(w, http.StatusUnsupportedMediaType, errors.Errorf("oip: a body of Content-Encoding %.50q, want none", e))
		return
	}
	if _, err := io.Copy(&x.body, http.MaxBytesReader(w, r.Body, h.config.MaxBody)); err != nil {
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			fail(w, http.StatusRequestEntityTooLarge, errors.Errorf("oip: a body of more than %d bytes", h.config.MaxBody))
			return
		}
		fail(w, http.StatusBadRequest, errors.Wrap(err, "oip: body"))
		return
	}
	q, in, err := x.parse(r.Header.Get(headerLength), op)
	if err != nil {
		fail(w, http.StatusBadRequest, errors.WithMessage(err, "oip"))
		return
	}
	if err := h.model.Do(r.Context(), op.Name, q, &x.reply); err != nil {
		fail(w, status(err), err)
		return
	}
	if v := r.PathValue("version"); v != "" && v != x.reply.Version {
		fail(w, http.StatusNotFound, errors.Errorf("oip: version %s answers no longer", v))
		return
	}
	length, binary, err := x.write(h.name(op.Name), h.datatype(), in)
	if err != nil {
		fail(w, http.StatusBadRequest, errors.WithMessage(err, "oip"))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if binary {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set(headerLength, strconv.Itoa(length))
	}
	w.Header().Set("Content-Length", strconv.Itoa(x.out.Len()))
	w.Write(x.out.Bytes())
}

// parse reads a body: JSON and, behind it, the binary tensors in the order of the
// inputs.
func (x *exchange) parse(length string, op serve.Operation) (q serve.Request, in inferRequest, err error) {
	text, binary := x.body.Bytes(), []byte(nil)
	if length != "" {
		n, err := strconv.Atoi(length)
		if err != nil || n < 0 || n > len(text) {
			return q, in, errors.Errorf("%s is %.20q, and the body has %d bytes", headerLength, length, len(text))
		}
		text, binary = text[:n], text[n:]
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return q, in, errors.Wrap(err, "the JSON of the request")
	}
	if q, err = parameters(in.Parameters); err != nil {
		return q, in, err
	}
	for name := range x.values {
		if !slices.ContainsFunc(in.Inputs, func(i input) bool { return i.Name == name }) {
			delete(x.values, name)
		}
	}
	seen := map[string]bool{}
	for _, t := range in.Inputs {
		i := slices.IndexFunc(op.Inputs, func(a serve.Array) bool { return a.Name == t.Name })
		switch {
		case i < 0:
			return q, in, errors.Errorf("%s has no input %.100q; it has %v", op.Name, t.Name, names(op.Inputs))
		case seen[t.Name]:
			return q, in, errors.Errorf("input %s is given twice", t.Name)
		}
		seen[t.Name] = true
		n, err := t.size(op.Inputs[i].Shape)
		if err != nil {
			return q, in, errors.WithMessagef(err, "input %s", t.Name)
		}
		v := x.values[t.Name][:0]
		if v, binary, err = t.values(v, n, binary); err != nil {
			return q, in, errors.WithMessagef(err, "input %s", t.Name)
		}
		x.values[t.Name] = v
	}
	if len(binary) > 0 {
		return q, in, errors.Errorf("%d bytes behind the binary tensors", len(binary))
	}
	q.Values = x.values
	return q, in, nil
}

func names(as []serve.Array) (names []string) {
	for _, a := range as {
		names = append(names, a.Name)
	}
	return names
}

// parameters reads those of a request. What other servers take and means nothing
// here is let pass.
func parameters(p map[string]any) (q serve.Request, err error) {
	for name, v := range p {
		switch name {
		case "seed", "draws", "rows":
			f, ok := v.(float64)
			if !ok || f != math.Floor(f) || f < 0 || f > 1<<53 {
				return q, errors.Errorf("parameter %s is %v, want a whole number from 0 to 2^53", name, v)
			}
			switch name {
			case "seed":
				q.Seed = uint64(f)
			case "draws":
				q.Draws = int(min(f, math.MaxInt32))
			default:
				q.Rows = int(min(f, math.MaxInt32))
			}
		case "binary_data_output":
			if _, ok := v.(bool); !ok {
				return q, errors.Errorf("parameter %s is %v, want true or false", name, v)
			}
		case "timeout", "priority", "sequence_id", "sequence_start", "sequence_end":
		default:
			return q, errors.Errorf("parameter %.100q is unknown, want seed, draws or rows", name)
		}
	}
	return q, nil
}

// isTrue tells whether a parameter is.
func isTrue(p map[string]any, name string, otherwise bool) bool {
	if b, ok := p[name].(bool); ok {
		return b
	}
	return otherwise
}

// write makes the body of a reply, and returns the bytes of its JSON and whether
// binary tensors follow.
func (x *exchange) write(model, datatype string, in inferRequest) (length int, binary bool, err error) {
	all := isTrue(in.Parameters, "binary_data_output", false)
	type chosen struct {
		*serve.Output
		binary bool
	}
	var outs []chosen
	for i := range x.reply.Outputs {
		if o := &x.reply.Outputs[i]; len(in.Outputs) == 0 {
			outs = append(outs, chosen{o, all})
		}
	}
	for _, want := range in.Outputs {
		i := slices.IndexFunc(x.reply.Outputs, func(o serve.Output) bool { return o.Name == want.Name })
		if i < 0 {
			return 0, false, errors.Errorf("%s has no output %.100q here", model, want.Name)
		}
		outs = append(outs, chosen{&x.reply.Outputs[i], isTrue(want.Parameters, "binary_data", all)})
	}
	width := widths[datatype]
	b := append(x.scratch[:0], `{"model_name":`...)
	b = appendString(b, model)
	b = append(b, `,"model_version":`...)
	b = appendString(b, x.reply.Version)
	if in.ID != "" {
		b = append(b, `,"id":`...)
		b = appendString(b, in.ID)
	}
	b = append(b, `,"outputs":[`...)
	for i, o := range outs {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"name":`...)
		b = appendString(b, o.Name)
		b = append(b, `,"datatype":"`+datatype+`","shape":[`...)
		for k, d := range o.Shape {
			if k > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, int64(d), 10)
		}
		if o.binary {
			b = append(b, `],"parameters":{"binary_data_size":`...)
			b = strconv.AppendInt(b, int64(width*len(o.Values)), 10)
			b = append(b, '}', '}')
			continue
		}
		b = append(b, `],"data":[`...)
		b = appendNumbers(b, o.Values, 8*width)
		b = append(b, ']', '}')
	}
	b = append(b, ']', '}')
	length = len(b)
	for _, o := range outs {
		if o.binary {
			binary = true
			b = appendBinary(b, o.Values, datatype)
		}
	}
	x.scratch = b
	x.out.Reset()
	x.out.Write(b)
	return length, binary, nil
}
