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
	"github.com/latentgo/latent/internal/peer"
	"github.com/latentgo/latent/vi/serve"
	"github.com/latentgo/latent/vi/serve/oip"
)

// overHTTP measures what the protocol adds to a request, and, as the least that it
// could be, what HTTP adds to reading as many bytes as the encoder's weights: they
// push the server's and the client's own code and data out of the second cache.
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
	read := reader()
	reading := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		read()
		w.Write([]byte("{}"))
	}))
	defer reading.Close()
	direct := asker(m, 1)
	var rows []row
	for _, c := range []struct {
		name, bar string
		server    *httptest.Server
		binary    bool
		without   func() error
	}{
		{"http/binary", "added_us < 100", server, true, direct},
		{"http/json", "", server, false, direct},
		{"http/read", "", reading, true, read},
	} {
		call, err := poster(c.server, c.binary)
		if err != nil {
			return nil, err
		}
		var with, without, added []float64
		for range o.rounds {
			d, err := median(o.turn(), c.without)
			if err != nil {
				return nil, err
			}
			t, err := median(o.turn(), call)
			if err != nil {
				return nil, err
			}
			with, without, added = append(with, t), append(without, d), append(added, t-d)
		}
		r := row{Name: c.name, Batch: 1, Bar: c.bar}
		r.Latent, r.Peer, r.Added = *peer.Median(with), peer.Median(without), peer.Median(added)
		rows = append(rows, r)
	}
	return rows, nil
}

// reader reads as many numbers as the encoder has weights.
func reader() func() error {
	n := 0
	for i := range len(sizes) - 1 {
		n += sizes[i] * sizes[i+1]
	}
	w := make([]float32, n)
	for i := range w {
		w[i] = 1 // memory that was never written is one page of zeros
	}
	var sum float32
	return func() error {
		for i := 0; i < len(w); i += 16 { // a number of each line of the cache
			sum += w[i]
		}
		return nil
	}
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
