package serve

import (
	"slices"

	"github.com/latentgo/latent/graph"
)

// Operation says what a model takes and gives under a name of Do.
type Operation struct {
	Name    string
	Inputs  []Array  // that a request may give, those of Optional it need not
	Outputs []Output // of a request that gives what is not optional: shapes of a row, −1 for the draws; no values
	Draws   int      // of a request that does not say; 0: it takes no Draws
}

// Operations lists what can be asked of the model that answers now.
func (m *Model) Operations() []Operation {
	if m == nil || m.wake == nil {
		return nil
	}
	var all []Operation
	v := m.now()
	for _, o := range v.ops {
		if o.err == nil {
			all = append(all, v.describe(o))
		}
	}
	return all
}

// Operation is the one of Operations that has a name, if there is one.
func (m *Model) Operation(name string) (Operation, bool) {
	if m == nil || m.wake == nil {
		return Operation{}, false
	}
	v := m.now()
	i := v.find(name)
	if i < 0 || v.ops[i].err != nil {
		return Operation{}, false
	}
	return v.describe(v.ops[i]), true
}

// now is the version that answers.
func (m *Model) now() *version {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.current
}

func (v *version) describe(o *operation) Operation {
	is := Operation{Name: o.name, Draws: o.draws}
	for i, n := range v.names {
		switch {
		case o.given>>i&1 != 0:
			n.Optional = o.name == Sample
		case n.latent && o.name != Sample, !n.latent && !n.Optional:
			continue // the model's functions would do something else with it
		default:
			n.Optional = true
		}
		n.Shape = slices.Clone(n.Shape)
		is.Inputs = append(is.Inputs, n.Array)
	}
	for _, out := range o.outputs {
		is.Outputs = append(is.Outputs, Output{Name: out.Name, Shape: slices.Clone(out.Shape)})
	}
	return is
}

// Dtype is that of the model's numbers.
func (m *Model) Dtype() graph.Dtype {
	if m == nil || m.wake == nil {
		return 0
	}
	return m.now().dtype
}

// Ready tells whether requests are answered: from New until Close.
func (m *Model) Ready() bool {
	if m == nil || m.wake == nil {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.closed
}
