package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi/serve"
	"github.com/latentgo/latent/vi/serve/oip"
)

// overHTTP measures what the protocol adds to a request.
func overHTTP(o options) ([]row, error) {
	m, err := serve.New(spec, &graph.Params{}, serve.Config{})
	if err != nil {
		return nil, err
	}
	defer m.Close()
	h, err := oip.New(m, oip.Config{})
	if err != nil {
		return nil, err
	}
	server := httptest.NewServer(h)
	defer server.Close()
	nothing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Write([]byte("{}"))
	}))
	defer nothing.Close()
	floor, err := poster(nothing, true)
	if err != nil {
		return nil, err
	}
	direct := asker(m, 1)
	least := row{Name: "http/empty", Batch: 1}
	var rows []row
	var empty []float64
	for _, binary := range []bool{true, false} {
		r := row{Name: "http/json", Batch: 1}
		if binary {
			r.Name, r.Bar = "http/binary", "added_us < 100"
		}
		call, err := poster(server, binary)
		if err != nil {
			return nil, err
		}
		var with, without, added []float64
		for range o.rounds {
			d, err := median(o.turn(), direct)
			if err != nil {
				return nil, err
			}
			t, err := median(o.turn(), call)
			if err != nil {
				return nil, err
			}
			e, err := median(o.turn(), floor)
			if err != nil {
				return nil, err
			}
			empty = append(empty, e)
			with, without, added = append(with, t), append(without, d), append(added, t-d)
		}
		r.Latent, r.Peer, r.Added = *middle(with), middle(without), middle(added)
		rows = append(rows, r)
	}
	least.Latent = *middle(empty)
	return append(rows, least), nil
}

// poster asks a server to encode a row, again and again.
func poster(server *httptest.Server, inBinary bool) (func() error, error) {
	x := pixels(1)
	var body bytes.Buffer
	header := ""
	if inBinary {
		fmt.Fprintf(&body, `{"parameters":{"seed":1,"binary_data_output":true},"inputs":[{"name":"x","shape":[1,%d],"datatype":"FP32","parameters":{"binary_data_size":%d}}]}`, len(x), 4*len(x))
		header = strconv.Itoa(body.Len())
		if err := binary.Write(&body, binary.LittleEndian, x); err != nil {
			return nil, errors.Wrap(err, "body")
		}
	} else {
		data, err := json.Marshal(x)
		if err != nil {
			return nil, errors.Wrap(err, "body")
		}
		fmt.Fprintf(&body, `{"parameters":{"seed":1},"inputs":[{"name":"x","shape":[1,%d],"datatype":"FP32","data":%s}]}`, len(x), data)
	}
	client, url := server.Client(), server.URL+"/v2/models/encode/infer"
	return func() error {
		r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body.Bytes()))
		if err != nil {
			return errors.WithStack(err)
		}
		if header != "" {
			r.Header.Set("Inference-Header-Content-Length", header)
		}
		reply, err := client.Do(r)
		if err != nil {
			return errors.WithStack(err)
		}
		defer reply.Body.Close()
		text, err := io.ReadAll(reply.Body)
		if err == nil && reply.StatusCode != http.StatusOK {
			err = errors.Errorf("status %d: %.200s", reply.StatusCode, text)
		}
		return errors.WithMessage(err, "infer")
	}, nil
}
