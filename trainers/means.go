package trainers

import (
	"fmt"
	"strings"

	"github.com/latentgo/latent/graph"
)

// means averages the bound and the terms over batches, weighted by the
// rows of the first array.
type means struct {
	rows int
	sums map[string]float64
	last map[string]float64 // of the batch that was looked at
}

// add takes a run in.
func (m *means) add(p *graph.Program, rows int) error {
	err := m.look(p)
	if err == nil {
		m.take(rows)
	}
	return err
}

// look reads the outputs of a run, all of them. A bound that is not finite is an
// error.
func (m *means) look(p *graph.Program) error {
	if m.sums == nil {
		m.sums, m.last = map[string]float64{}, map[string]float64{}
	}
	for _, output := range p.Outputs() {
		name, term := strings.CutPrefix(output, termOutput)
		switch {
		case output == boundOutput:
			name = "bound"
		case !term:
			continue
		}
		var v [1]float64
		if err := graph.Read(p, output, v[:]); err != nil {
			return err
		}
		m.last[name] = v[0]
	}
	if v := m.last["bound"]; !isFinite(v) {
		return notFinite(p, boundOutput, fmt.Sprintf("the bound is %v", v))
	}
	return nil
}

// take adds what was looked at.
func (m *means) take(rows int) {
	for name, v := range m.last {
		m.sums[name] += v * float64(rows)
	}
	m.rows += rows
}

func (m *means) values() map[string]float64 {
	v := map[string]float64{}
	for name, sum := range m.sums {
		v[name] = sum / float64(m.rows)
	}
	return v
}
