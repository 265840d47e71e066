// Command speed times a training step (forward, backward, Adam) of thirteen
// networks in float32, beside the same networks elsewhere:
//
//	go run ./bench/speed                     this library
//	go run ./bench/speed -torch -jax         and PyTorch, and JAX
//	go run ./bench/speed -gorgonia           and Gorgonia's TapeMachine
//	go run ./bench/speed -dist -torch        the density, its gradient and a draw of three distributions
//	go run ./bench/speed -kernels -torch     matrix products, convolutions and functions of elements
//	go run ./bench/speed -epoch mnist -torch epochs of examples/vae, and of a loop of PyTorch's
//
// The contestants take turns, round by round, since a machine's speed drifts;
// a figure is the median over rounds of each round's median step, and a ratio
// the median of the rounds' ratios. PyTorch runs eagerly and by torch.compile,
// if there is a C++ compiler, with 1 and with 2 threads, and the fastest of the
// four counts; compiling takes minutes the first time. JAX is compiled by jit and
// has all threads. With -dist and -kernels both sides have one thread, and
// PyTorch leaves out the checks of a distribution's arguments. share is of the rate
// of a large matrix product, and the next of sums of products in registers alone, both
// on every processor by what one does alone in the same run; LATENT_CPU chooses the
// kernels of both. GFLOP/s counts products in full,
// although the first layer skips the zeros of its input, which has 13% ones as
// binarized MNIST has; -dense shows the speed without. -torch wants a python3
// that can import torch, -jax one with jax.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/bench/speed/tape"
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/peer"
)

// timing is what every row has.
type timing struct {
	Name    string   `json:"name"`
	Ms      float64  `json:"ms"`     // a step
	Allocs  float64  `json:"allocs"` // a step
	Arena   int      `json:"arena"`  // bytes
	TorchMs *float64 `json:"torch_ms"`
	Ratio   *float64 `json:"torch_ratio"` // torch_ms / ms

	about string
}

// result is one row of training steps.
type result struct {
	timing
	Gflops        float64  `json:"gflops"`         // in matrix products, per second of the whole step
	PeakShare     float64  `json:"peak_share"`     // gflops over the rate of a large product on every worker
	RegisterShare float64  `json:"register_share"` // likewise, of sums in registers
	Path          string   `json:"path"`           // of the kernels
	JaxMs         *float64 `json:"jax_ms"`
	JaxRatio      *float64 `json:"jax_ratio"`
	TapeMs        *float64 `json:"tape_ms"`
	TapeRatio     *float64 `json:"tape_ratio"`
}

type options struct {
	torch, jax, gorgonia, dist, kernels, dense, json, explain bool
	only, python, epoch                                       string
	rounds                                                    int
	seconds                                                   float64
}

func main() {
	var o options
	flag.BoolVar(&o.torch, "torch", false, "beside PyTorch, eager or compiled")
	flag.BoolVar(&o.jax, "jax", false, "beside JAX (training steps)")
	flag.BoolVar(&o.gorgonia, "gorgonia", false, "beside Gorgonia's TapeMachine (vae only)")
	flag.BoolVar(&o.dist, "dist", false, "distributions instead of training steps, on one thread")
	flag.BoolVar(&o.kernels, "kernels", false, "matrix products, convolutions and functions of elements instead of training steps")
	flag.BoolVar(&o.dense, "dense", false, "feed numbers without zeros instead of as many ones as MNIST has")
	flag.BoolVar(&o.json, "json", false, "print one JSON object a workload")
	flag.BoolVar(&o.explain, "explain", false, "print the compiled programs instead of timing them")
	flag.StringVar(&o.only, "only", "", "this workload only")
	flag.StringVar(&o.epoch, "epoch", "", "epochs of a VAE on the pictures of this `folder`, or of mnist, instead of single steps")
	flag.StringVar(&o.python, "python", "", "the Python with torch or JAX; empty: python3, or /usr/bin/python3")
	flag.IntVar(&o.rounds, "rounds", 7, "turns each contestant takes")
	flag.Float64Var(&o.seconds, "seconds", .7, "of each turn")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "speed: unexpected argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	if err := run(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "speed:", err)
		os.Exit(1)
	}
}

// wants reports whether a row, "vae" or "kernel/exp", is asked for.
func (o options) wants(name string) bool { return o.only == "" || path.Base(name) == o.only }

// check refuses a row that is not there.
func (o options) check() error {
	var names []string
	switch {
	case o.dist:
		for _, l := range laws {
			names = append(names, l.name)
		}
	case o.kernels:
		for _, k := range routines {
			names = append(names, k.name)
		}
	default:
		for _, l := range workloads {
			names = append(names, l.name)
		}
	}
	if !slices.ContainsFunc(names, o.wants) {
		return errors.Errorf("-only %s: there are %s", o.only, strings.Join(names, ", "))
	}
	return nil
}

func run(o options, w io.Writer) error {
	if err := o.check(); err != nil {
		return err
	}
	if o.jax && (o.dist || o.kernels || o.epoch != "") {
		return errors.New("-jax is of training steps")
	}
	py, err := startPython(o.torch, "torch", o.python, torchScript, o.dist || o.kernels)
	if err != nil {
		return err
	}
	defer py.Close()
	xla, err := startPython(o.jax, "jax", o.python, jaxScript, false)
	if err != nil {
		return err
	}
	defer xla.Close()
	if o.epoch != "" {
		return runEpochs(o, py, w)
	}
	if o.dist {
		return runLaws(o, py, w)
	}
	if o.kernels {
		return runKernels(o, py, w)
	}
	var results []result
	for _, l := range workloads {
		if !o.wants(l.name) {
			continue
		}
		r, err := measure(o, l, py, xla, w)
		if err != nil {
			return errors.WithMessage(err, l.name)
		}
		if o.explain {
			continue
		}
		if o.json {
			if err := json.NewEncoder(w).Encode(r); err != nil {
				return errors.Wrap(err, "output")
			}
		}
		results = append(results, r)
	}
	if o.json || o.explain {
		return nil
	}
	return table(w, results, py, xla)
}

// measure lets the contestants take turns at one workload.
func measure(o options, l workload, py, xla *python, w io.Writer) (result, error) {
	s, err := newStep(l, o.dense || l.real)
	if err != nil {
		return result{}, err
	}
	if o.explain {
		fmt.Fprintf(w, "%s\n%s\n", l.name, s.program.Explain())
		return result{}, nil
	}
	turn := time.Duration(o.seconds * float64(time.Second))
	var machine *tape.VAE
	if o.gorgonia && l.name == "vae" {
		if machine, err = tape.New(); err != nil {
			return result{}, err
		}
		defer machine.Close()
	}
	flops, arena := s.program.Work()
	r := result{timing: timing{Name: l.name, about: l.about, Arena: arena}, Path: kernel.Active().String()}
	var ms, gflops, share, ofRegisters, torchMs, torchRatio, jaxMs, jaxRatio, tapeMs, tapeRatio []float64
	for range o.rounds {
		own, err := median(turn, s.run)
		if err != nil {
			return result{}, err
		}
		ms = append(ms, own)
		gflops = append(gflops, flops/own/1e6)
		product, registers := peaks()
		all := float64(runtime.GOMAXPROCS(0))
		share, ofRegisters = append(share, flops/own/1e6/(product*all)), append(ofRegisters, flops/own/1e6/(registers*all))
		if py != nil {
			t, err := py.measure(l.name, o.seconds, 2)
			if err != nil {
				return result{}, err
			}
			torchMs, torchRatio = append(torchMs, t), append(torchRatio, t/own)
		}
		if xla != nil {
			t, err := xla.measure(l.name, o.seconds, 1)
			if err != nil {
				return result{}, err
			}
			jaxMs, jaxRatio = append(jaxMs, t), append(jaxRatio, t/own)
		}
		if machine != nil {
			t, err := median(turn, machine.Step)
			if err != nil {
				return result{}, err
			}
			tapeMs, tapeRatio = append(tapeMs, t), append(tapeRatio, t/own)
		}
	}
	r.Ms, r.Gflops, r.PeakShare, r.RegisterShare = *peer.Median(ms), *peer.Median(gflops), *peer.Median(share), *peer.Median(ofRegisters)
	r.TorchMs, r.Ratio, r.JaxMs, r.JaxRatio = peer.Median(torchMs), peer.Median(torchRatio), peer.Median(jaxMs), peer.Median(jaxRatio)
	r.TapeMs, r.TapeRatio = peer.Median(tapeMs), peer.Median(tapeRatio)
	r.Allocs, err = s.allocs()
	return r, err
}

// median returns the median milliseconds of a step over a turn.
func median(turn time.Duration, step func() error) (float64, error) {
	s, err := peer.Time(turn, step)
	return 1e3 * s, err
}

func table(w io.Writer, results []result, py, xla *python) error {
	if py != nil {
		fmt.Fprintf(w, "%s; the better of 1 and 2 threads counts\n", py.Version)
	}
	if xla != nil {
		fmt.Fprintln(w, xla.Version)
	}
	fmt.Fprintf(w, "kernels: %v\n", kernel.Active())
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "workload\tms/step\tGFLOP/s\tshare\tof registers\tallocs\tarena\ttorch ms\tratio\tjax ms\tratio\ttape ms\tratio\tnetwork")
	for _, r := range results {
		fmt.Fprintf(t, "%s\t%s\t%.1f\t%.0f%%\t%.0f%%\t%.0f\t%.1f MB\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Name, number(&r.Ms, ""), r.Gflops, 100*r.PeakShare, 100*r.RegisterShare, r.Allocs,
			float64(r.Arena)/1e6, number(r.TorchMs, ""), number(r.Ratio, "×"), number(r.JaxMs, ""), number(r.JaxRatio, "×"), number(r.TapeMs, ""), number(r.TapeRatio, "×"), r.about)
	}
	return errors.Wrap(t.Flush(), "output")
}

func number(v *float64, unit string) string {
	switch {
	case v == nil:
		return "-"
	case *v < 1:
		return fmt.Sprintf("%.4f%s", *v, unit)
	}
	return fmt.Sprintf("%.2f%s", *v, unit)
}
