package main

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/peer"
)

//go:embed numpyro.py
var script string

// python is a running numpyro.py.
type python struct{ *peer.Python }

func startPython(path string, data map[string][]float64) (*python, error) {
	text, err := json.Marshal(data)
	if err != nil {
		return nil, errors.Wrap(err, "python")
	}
	p, err := peer.Start(path, script, nil, string(text))
	return &python{p}, errors.WithMessage(err, "-python: a Python with numpyro and arviz is wanted")
}

// run samples once, by the method of chains that is fastest.
func (p *python) run(name string, seed int, o options) (best turn, err error) {
	for _, method := range []string{"sequential", "vectorized", "parallel"} {
		text, err := p.Ask(fmt.Sprint(name, " ", method, " ", seed, " ", o.chains, " ", o.warmup, " ", o.draws))
		if err != nil {
			return turn{}, err
		}
		var t turn
		if _, err := fmt.Sscan(text, &t.seconds, &t.ess, &t.steps); err != nil {
			return turn{}, errors.Errorf("python: %s", text)
		}
		if t.rate() > best.rate() {
			best = t
		}
	}
	return best, nil
}
