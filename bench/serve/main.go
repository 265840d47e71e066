// Command serve measures what a request about a trained model costs:
//
//	go run ./bench/serve                            this library
//	go run ./bench/serve -python /path/to/python    and ONNX Runtime, if that Python has onnx and onnxruntime
//
// The rows encoder and encoder/f16 are calls of an encoder 784-500-500-40 with tanh
// units in float32, the values fed and read included, by a program of frozen
// parameters; with f16 their weights have 16 bits. The same encoder runs in ONNX
// Runtime with its weights inside and inputs bound beforehand. Each side has one
// thread. ratio is ort_us over latent_us.
//
// The rows serve are a VAE with that encoder asked to encode a row at a time, by 16
// goroutines at once: latent_us is the time from one answer to the next of a
// serve.Model that puts requests together, and peer_us that of one program for one
// row, not frozen, behind a mutex, which computes the same. ratio is peer_us over
// latent_us. p50_us and p99_us are what a request waits. The rows http are a request
// of one row after the other over a loopback connection that stays open, with binary
// tensors and with JSON, beside the same through the model alone: added_us is the
// difference of the medians. http/read is a handler that reads as much memory as the
// weights have, beside reading it without HTTP: what is added to that is the least
// that could be, as the weights push the code and data of client and server out of
// the second cache.
//
// The contestants take turns, round by round, since a machine's speed drifts; a
// figure is the median over the rounds of each round's figure, and a ratio the median
// of the rounds' ratios.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/latentgo/latent/internal/peer"
	"github.com/pkg/errors"
)

type options struct {
	json    bool
	python  string
	only    string
	rounds  int
	seconds float64
}

// turn is how long a contestant has.
func (o options) turn() time.Duration { return time.Duration(o.seconds * float64(time.Second)) }

// row is one result; what does not apply is left out.
type row struct {
	Name   string   `json:"name"`
	Batch  int      `json:"batch"`
	Latent float64  `json:"latent_us"`
	ORT    *float64 `json:"ort_us,omitempty"`
	Peer   *float64 `json:"peer_us,omitempty"`
	Ratio  *float64 `json:"ratio,omitempty"`
	P50    *float64 `json:"p50_us,omitempty"`
	P99    *float64 `json:"p99_us,omitempty"`
	Added  *float64 `json:"added_us,omitempty"`
	Bar    string   `json:"bar,omitempty"` // what is to be reached
}

func main() {
	var o options
	flag.BoolVar(&o.json, "json", false, "print one JSON object a row")
	flag.StringVar(&o.python, "python", "", "beside ONNX Runtime, by this Python")
	flag.StringVar(&o.only, "only", "", "encoder, serve or http: these rows only")
	flag.IntVar(&o.rounds, "rounds", 7, "turns each contestant takes")
	flag.Float64Var(&o.seconds, "seconds", .3, "of each turn")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "serve: unexpected argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	if err := run(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}

func run(o options, w io.Writer) error {
	if o.rounds < 1 || !(o.seconds > 0) {
		return errors.Errorf("%d rounds of %v seconds, want 1 or more, of a positive number", o.rounds, o.seconds)
	}
	var rows []row
	kinds := []struct {
		name    string
		measure func(options) ([]row, error)
	}{{"encoder", encoders}, {"serve", together}, {"http", overHTTP}}
	known := o.only == ""
	for _, k := range kinds {
		if known = known || k.name == o.only; o.only != "" && k.name != o.only {
			continue
		}
		r, err := k.measure(o)
		if err != nil {
			return err
		}
		rows = append(rows, r...)
	}
	if !known {
		return errors.Errorf("-only %s: there are encoder, serve and http", o.only)
	}
	if o.json {
		for _, r := range rows {
			if err := json.NewEncoder(w).Encode(r); err != nil {
				return errors.Wrap(err, "output")
			}
		}
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "name\tbatch\tµs\tORT µs\tpeer µs\tratio\tp50 µs\tp99 µs\tadded µs\tbar")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%d\t%.1f\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Name, r.Batch, r.Latent, number(r.ORT), number(r.Peer), number(r.Ratio), number(r.P50), number(r.P99), number(r.Added), r.Bar)
	}
	return errors.Wrap(t.Flush(), "output")
}

func number(v *float64) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprintf("%.2f", *v)
}

// median returns the median microseconds of a call over a turn.
func median(turn time.Duration, call func() error) (float64, error) {
	s, err := peer.Time(turn, call)
	return 1e6 * s, err
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func quantile(v []float64, q float64) *float64 {
	if len(v) == 0 {
		return nil
	}
	v = slices.Sorted(slices.Values(v))
	return &v[int(q*float64(len(v)-1))]
}
