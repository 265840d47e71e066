package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/peer"
)

// A routine is one kernel to be timed. torch.py has the same under the same
// names, with its result in memory of its own too.
type routine struct {
	name string
	work float64 // floating-point operations, or elements
	unit string
	make func() (run func(*kernel.Pool))
}

var routines = []routine{
	product(100, 784, 500), product(512, 512, 512),
	convolutions("convvae", ofConvvae), convolutions("resvae", ofResvae),
	function("exp", kernel.OpExp), function("log1p", kernel.OpLog1p), function("tanh", kernel.OpTanh),
}

func product(m, k, n int) routine {
	return routine{fmt.Sprintf("kernel/%dx%dx%d", m, k, n), 2 * float64(m) * float64(k) * float64(n), "GFLOP/s", func() func(*kernel.Pool) {
		g := &kernel.Gemm[float32]{M: m, N: n, K: k, A: written(m * k), B: written(k * n), C: written(m * n)}
		return g.Run
	}}
}

func function(name string, f kernel.Unary) routine {
	const n = 1 << 14
	return routine{"kernel/" + name, n, "G/s", func() func(*kernel.Pool) {
		x, y := written(n), written(n)
		return func(*kernel.Pool) { kernel.Map(f, y, x) }
	}}
}

// written returns n small positive numbers; pages never written to would all be
// one.
func written(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(i%7+1) / 8
	}
	return x
}

// rate is one row of routines.
type rate struct {
	Name    string   `json:"name"`
	Ms      float64  `json:"ms"` // a call on one thread
	TorchMs *float64 `json:"torch_ms"`
	Ratio   *float64 `json:"torch_ratio"` // torch_ms / ms
	Two     *float64 `json:"two_threads"` // ms over that of two threads
	Share   *float64 `json:"peak_share"`  // of the rate of a large product on one thread
	routine
}

// runKernels times every routine on one thread, products on two as well, beside
// PyTorch on one.
func runKernels(o options, py *python, w io.Writer) error {
	one, two := kernel.NewPool(1), kernel.NewPool(2)
	defer one.Close()
	defer two.Close()
	turn := time.Duration(o.seconds * float64(time.Second))
	var rows []rate
	for _, k := range routines {
		if !o.wants(k.name) {
			continue
		}
		run := k.make()
		on := func(p *kernel.Pool) (float64, error) {
			return median(turn, func() error { run(p); return nil })
		}
		var ms, share, torchMs, ratio, gain []float64
		for range o.rounds {
			own, err := on(one)
			if err != nil {
				return err
			}
			ms = append(ms, own)
			if py != nil {
				t, err := py.measure(k.name, o.seconds, 1)
				if err != nil {
					return errors.WithMessage(err, k.name)
				}
				torchMs, ratio = append(torchMs, t), append(ratio, t/own)
			}
			if k.unit == "GFLOP/s" {
				t, err := on(two)
				if err != nil {
					return err
				}
				gain = append(gain, own/t)
				product, _ := peaks()
				share = append(share, k.work/own/1e6/product)
			}
		}
		r := rate{k.name, *peer.Median(ms), peer.Median(torchMs), peer.Median(ratio), peer.Median(gain), peer.Median(share), k}
		if o.json {
			if err := json.NewEncoder(w).Encode(r); err != nil {
				return errors.Wrap(err, "output")
			}
		}
		rows = append(rows, r)
	}
	if o.json {
		return nil
	}
	if py != nil {
		fmt.Fprintf(w, "%s\n", py.Version)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "one thread\trate\tns\tshare\ttorch\tratio\ttwo threads")
	for _, r := range rows {
		torch, share := "-", "-"
		if r.Share != nil {
			share = fmt.Sprintf("%.0f%%", 100**r.Share)
		}
		if r.TorchMs != nil {
			torch = fmt.Sprintf("%.3g %s", r.work / *r.TorchMs / 1e6, r.unit)
		}
		fmt.Fprintf(t, "%s\t%.3g %s\t%.3g\t%s\t%s\t%s\t%s\n", r.Name, r.work/r.Ms/1e6, r.unit, r.Ms*1e6/r.work, share, torch, number(r.Ratio, "×"), number(r.Two, "×"))
	}
	return errors.Wrap(t.Flush(), "output")
}
