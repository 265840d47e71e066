package serve

import (
	"context"
	"io/fs"
	"maps"
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/mark"
)

// Canary is a request whose answers are known: if a model gives others, its
// weights or the code that reads them are not what they were.
type Canary struct {
	Values  map[string][]float64              `json:"values"`
	Seed    uint64                            `json:"seed"`
	Outputs map[string]map[string]([]float64) `json:"outputs"` // by operation and output
}

// canaryTolerance is relative to 1 + the value: what another processor may round
// differently, and less than what another model gives.
const canaryTolerance = 1e-3

// canary makes a request of what the model itself draws, about the operations
// whose outputs are smooth in its values. It is nil if the model cannot draw.
func (m *Model) canary() (*Canary, error) {
	v := m.current
	drawn := &Reply{}
	if i := v.find(Sample); v.ops[i].err != nil || v.ops[i].given != 0 {
		return nil, nil
	}
	ctx := context.Background()
	if err := m.Do(ctx, Sample, Request{Rows: 2, Seed: 1}, drawn); err != nil {
		return nil, err
	}
	c := &Canary{Values: map[string][]float64{}, Seed: 1, Outputs: map[string]map[string][]float64{}}
	for _, o := range drawn.Outputs {
		c.Values[o.Name] = o.Values
	}
	for _, op := range []string{Encode, Decode, ELBO} {
		if o := v.ops[v.find(op)]; o.err == nil && c.covers(v, o) {
			r, err := m.ask(ctx, op, c.request(v, o))
			if err != nil {
				return nil, err
			}
			c.Outputs[op] = map[string][]float64{}
			for _, out := range r.Outputs {
				c.Outputs[op][out.Name] = out.Values
			}
		}
	}
	return c, nil
}

// covers tells whether the values are all that an operation is usually given.
func (c *Canary) covers(v *version, o *operation) bool {
	for i, n := range v.names {
		if o.given>>i&1 != 0 && c.Values[n.Name] == nil {
			return false
		}
	}
	return true
}

// request is the usual one of an operation.
func (c *Canary) request(v *version, o *operation) Request {
	q := Request{Values: map[string][]float64{}, Seed: c.Seed}
	for i, n := range v.names {
		if o.given>>i&1 != 0 {
			q.Values[n.Name] = c.Values[n.Name]
		}
	}
	return q
}

// check asks a model. Without a canary there is nothing to ask.
func (c *Canary) check(m *Model) error {
	if c == nil {
		return nil
	}
	v := m.current
	for _, op := range slices.Sorted(maps.Keys(c.Outputs)) {
		i := v.find(op)
		if i < 0 || !c.covers(v, v.ops[i]) {
			return errors.Errorf("serve: canary: operation %s is none of the model, or wants other values", op)
		}
		r, err := m.ask(context.Background(), op, c.request(v, v.ops[i]))
		if err != nil {
			return errors.WithMessage(err, "serve: canary")
		}
		for name, want := range c.Outputs[op] {
			got := r.Get(name)
			if len(got) != len(want) {
				return errors.Errorf("serve: canary: %s has %d numbers of %s, want %d", op, len(got), name, len(want))
			}
			for k, w := range want {
				if !(math.Abs(got[k]-w) <= canaryTolerance*(1+math.Abs(w))) {
					return errors.Errorf("serve: canary: %s gives %s = %v at %d, want %v", op, name, got[k], k, w)
				}
			}
		}
	}
	return nil
}

func (known Registry) names() []string { return slices.Sorted(maps.Keys(known)) }

// Load is Open and New: the model of a bundle, with its hash as the version.
func Load(fsys fs.FS, known Registry, c Config) (*Model, error) {
	c, err := c.defaults()
	if err != nil {
		return nil, err
	}
	b, err := Open(fsys, known)
	if err != nil {
		return nil, err
	}
	v, err := b.try(c, nil)
	if err != nil {
		return nil, err
	}
	return newModel(v, c), nil
}

// try makes the version of a bundle, which has to fit in the place of another if
// there is one, and asks it the canary, in a model of its own that tells nobody. What
// the canary knows are answers of the weights as they were written: where they are
// stored with 16 bits, a model in which they are not is asked beside.
func (b *Bundle) try(c Config, before *version) (*version, error) {
	quiet := c
	quiet.Runs, quiet.Meter, quiet.Delay, quiet.Version = 1, noMeter{}, 0, b.Hash
	m, err := New(b.Spec, b.Params, quiet)
	if err != nil {
		return nil, mark.Error(err, ErrBundle)
	}
	if before != nil {
		err = errors.WithMessage(before.same(m.current), "serve: swap")
	}
	as := m
	if err == nil && c.Half {
		quiet.Half = false
		if as, err = New(b.Spec, b.Params, quiet); err == nil {
			defer as.Close()
		}
	}
	if err == nil {
		err = b.Canary.check(as)
	}
	if err != nil {
		m.Close()
		return nil, mark.Error(err, ErrBundle)
	}
	m.stop()
	m.current.config = c
	return m.current, nil
}

// Swap lets the model of a bundle answer the requests that come from now on; those
// under way are answered by the one before. It takes the same names and shapes,
// has the same operations at least, and its canary must answer as it should; if
// not, Swap returns an ErrBundle and nothing changes.
func (m *Model) Swap(b *Bundle) error {
	if m == nil || m.wake == nil {
		return errors.New("serve: swap: the Model is nil or zero, want one that New returned without an error")
	}
	if b == nil {
		return errors.New("serve: swap: the Bundle is nil")
	}
	m.swap.Lock()
	defer m.swap.Unlock()
	m.mu.Lock()
	now := m.current
	m.mu.Unlock()
	v, err := b.try(m.config, now)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	m.current = v
	m.versions = append(m.versions, v)
	m.adopt(v)
	if now.retired = true; now.calls == 0 {
		m.retire(now)
	}
	return nil
}

// Reload is Open and Swap.
func (m *Model) Reload(fsys fs.FS, known Registry) error {
	b, err := Open(fsys, known)
	if err != nil {
		return err
	}
	return m.Swap(b)
}
