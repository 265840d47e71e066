package main

import (
	"context"
	_ "embed"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/peer"
	"github.com/latentgo/latent/layers"
)

//go:embed ort.py
var script string

// sizes are the widths of the encoder.
var sizes = []int{784, 500, 500, 40}

// encoder is a program for some rows.
func encoder(rows int) func(s *graph.Scope) {
	return func(s *graph.Scope) {
		s.Output("y", layers.NewMLP(s.In("enc"), sizes...).Apply(s.Input("x", rows, sizes[0])))
	}
}

// encoders measures programs of frozen parameters beside ONNX Runtime.
func encoders(o options) ([]row, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var py *peer.Python
	if o.python != "" {
		var err error
		if py, err = peer.Start(o.python, script, nil, strings.Trim(fmt.Sprint(sizes), "[]")); err != nil {
			return nil, errors.WithMessage(err, "-python: a Python with onnx and onnxruntime is wanted")
		}
		defer py.Close()
	}
	params := &graph.Params{}
	if _, err := graph.Build(params, encoder(1)); err != nil {
		return nil, err
	}
	type contestant struct {
		row
		call          func() error
		times, ratios []float64
	}
	var rows []row
	for _, batch := range []int{1, 8, 32, 128} {
		var all []*contestant
		for _, c := range []struct {
			name string
			half bool
			bar  float64
		}{{"encoder", false, 1}, {"encoder/f16", true, 0}} {
			if batch == 1 {
				c.bar = map[bool]float64{false: 1.15, true: 1.7}[c.half]
			}
			frozen, err := graph.Freeze(params, graph.Freezing{Half: c.half})
			if err != nil {
				return nil, err
			}
			p, err := frozen.Build(encoder(batch))
			if err != nil {
				return nil, err
			}
			k := &contestant{row: row{Name: c.name, Batch: batch}, call: caller(p, batch)}
			if c.bar > 0 {
				k.Bar = fmt.Sprint("ratio ≥ ", c.bar)
			}
			all = append(all, k)
		}
		var ort []float64
		for range o.rounds {
			var us float64
			if py != nil {
				text, err := py.Ask(fmt.Sprint(batch, " ", o.seconds))
				if err != nil {
					return nil, err
				}
				if us, err = strconv.ParseFloat(text, 64); err != nil {
					return nil, errors.Errorf("python: %s", text)
				}
				ort = append(ort, us)
			}
			for _, c := range all {
				t, err := median(o.turn(), c.call)
				if err != nil {
					return nil, err
				}
				if c.times = append(c.times, t); py != nil {
					c.ratios = append(c.ratios, us/t)
				}
			}
		}
		for _, c := range all {
			c.Latent, c.ORT, c.Ratio = *middle(c.times), middle(ort), middle(c.ratios)
			rows = append(rows, c.row)
		}
	}
	return rows, nil
}

// caller feeds a program, runs it and reads its output.
func caller(p *graph.Program, batch int) func() error {
	x, y := pixels(batch), make([]float32, batch*sizes[len(sizes)-1])
	return func() error {
		if err := graph.Feed(p, "x", x); err != nil {
			return err
		}
		if err := p.Run(context.Background(), graph.Key{}); err != nil {
			return err
		}
		return graph.Read(p, "y", y)
	}
}

// pixels are rows of numbers between 0 and 1.
func pixels(rows int) []float32 {
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, rows*sizes[0])
	for i := range x {
		x[i] = r.Float32()
	}
	return x
}
