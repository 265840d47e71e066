package serve

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/mark"
)

// Model answers requests about a trained model, of any number of goroutines at
// once.
type Model struct {
	config Config

	mu       sync.Mutex
	current  *version
	versions []*version // with the retired ones that still answer
	waiting  int        // rows
	running  int        // runs
	closed   bool
	spare    []*call
	workers  []*worker // idle, for goroutines of requests
	memory   int       // bytes of the programs that are kept or run
	clock    uint64    // of use, for what is dropped first

	wake chan struct{}
	done sync.WaitGroup
	swap sync.Mutex // one Swap at a time
}

// New makes a Model of parameters as they are now, and starts its workers, which
// Close ends. It keeps a copy of them (graph.Freeze), so that they may change. It inspects the model by building a
// program of every operation: what a model cannot answer, such as LogLikelihood
// with a global latent, is an ErrOperation when it is asked.
func New(s Spec, params *graph.Params, c Config) (*Model, error) {
	c, err := c.defaults()
	if err != nil {
		return nil, err
	}
	v, err := newVersion(s, params, c.Version, c)
	if err != nil {
		return nil, err
	}
	if v.id == "" {
		h := sha256.New()
		if err := params.Write(h); err != nil {
			return nil, errors.WithMessage(err, "serve")
		}
		v.id = hex.EncodeToString(h.Sum(nil))
	}
	return newModel(v, c), nil
}

// newModel starts the workers.
func newModel(v *version, c Config) *Model {
	m := &Model{config: c, current: v, versions: []*version{v}, wake: make(chan struct{}, c.Runs)}
	m.adopt(v)
	m.done.Add(c.Runs)
	for range c.Runs {
		go m.work()
	}
	return m
}

// Close refuses further requests, answers those that wait and ends the workers.
func (m *Model) Close() {
	if m == nil || m.wake == nil {
		return
	}
	m.stop()
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, v := range m.versions {
		m.dropPrograms(v)
	}
}

// stop is Close that keeps the programs.
func (m *Model) stop() {
	m.mu.Lock()
	if !m.closed {
		m.closed = true
		close(m.wake)
	}
	m.mu.Unlock()
	m.done.Wait()
}

// Version tells which parameters answer new requests: the hash of their bundle,
// Config.Version, or the SHA-256 of the file that Params.Save makes of them.
func (m *Model) Version() string {
	if m == nil || m.wake == nil {
		return ""
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.current.id
}

// Do answers a request about an operation and writes the answer to r, whose
// memory it uses. It returns ctx's error when ctx is done first. A request that is
// alone, and takes one run, is computed on the goroutine of the caller, which then
// looks at ctx between the steps of the program.
func (m *Model) Do(ctx context.Context, operation string, q Request, r *Reply) error {
	if m == nil || m.wake == nil {
		return errors.New("serve: the Model is nil or zero, want one that New returned without an error")
	}
	start := time.Now()
	rows, known, err := m.answer(ctx, operation, q, r)
	if !known {
		operation = ""
	}
	m.config.Meter.Request(operation, rows, time.Since(start), err)
	return err
}

func (m *Model) answer(ctx context.Context, operation string, q Request, r *Reply) (rows int, known bool, err error) {
	switch {
	case ctx == nil:
		return 0, false, errors.New("serve: the context is nil")
	case r == nil:
		return 0, false, errors.New("serve: the Reply is nil")
	}
	c, v := m.begin()
	if c == nil {
		return 0, false, ErrClosed
	}
	op := v.find(operation)
	if op < 0 {
		err = mark.Error(errors.Errorf("serve: no operation %.100q; there are %v", operation, v.operationList()), ErrOperation)
	} else if known = true; v.ops[op].err != nil {
		err = unsupported(v.ops[op])
	} else if err = ctx.Err(); err == nil {
		err = mark.Error(c.fill(v, op, q), ErrRequest)
	}
	var own *worker
	if err == nil {
		rows = c.rows
		own, err = m.enqueue(c, v, op)
	}
	if err != nil {
		m.end(c, v, 2)
		return rows, known, err
	}
	if own != nil {
		own.workAlone(ctx, c.lane)
	}
	select {
	case <-c.done:
	case <-ctx.Done():
		m.leave(c)
		return rows, known, ctx.Err()
	}
	if err = c.err; err == nil {
		err = mark.Error(c.reply(r), ErrRequest)
	} else if ctx.Err() != nil {
		err = ctx.Err()
	}
	m.end(c, v, 1)
	return rows, known, err
}

// find returns the number of an operation, −1 if there is none of the name.
func (v *version) find(name string) int {
	return slices.IndexFunc(v.ops, func(o *operation) bool { return o.name == name })
}

func (v *version) operationList() (names []string) {
	for _, o := range v.ops {
		if o.err == nil {
			names = append(names, o.name)
		}
	}
	return names
}

// ask is Do with a new Reply.
func (m *Model) ask(ctx context.Context, operation string, q Request) (*Reply, error) {
	r := &Reply{}
	if err := m.Do(ctx, operation, q, r); err != nil {
		return nil, err
	}
	return r, nil
}

// Encode gives the guide's law of each latent z given the data, "z/mean" and
// "z/std", and draws from it, "z/draws" [rows, draws, …]. Of a Categorical latent
// it gives "z/probs" [rows, …, classes] instead. What varies between draws, since
// a law has no moments in closed form or depends on a latent drawn before, is a
// mean over the Draws, which are 1 where the request does not say.
func (m *Model) Encode(ctx context.Context, q Request) (*Reply, error) { return m.ask(ctx, Encode, q) }

// Decode gives the law of the data x given latents, "x/mean" and "x/std", or
// "x/probs". Latents that are not given are drawn, Draws times, from the joint
// given the others; values that depend on such a latent are refused.
func (m *Model) Decode(ctx context.Context, q Request) (*Reply, error) { return m.ask(ctx, Decode, q) }

// Reconstruct gives the law of the data x given Draws of their latents from the
// guide: "x/mean" and "x/std", of the mixture over the draws, or "x/probs".
func (m *Model) Reconstruct(ctx context.Context, q Request) (*Reply, error) {
	return m.ask(ctx, Reconstruct, q)
}

// Sample draws every site that is not given, latents too, from the joint given
// the others: as many rows as are given, or Rows. A value that depends on a site
// which is not given is refused, as what the joint draws would not be conditional
// on it.
func (m *Model) Sample(ctx context.Context, q Request) (*Reply, error) { return m.ask(ctx, Sample, q) }

// LogLikelihood estimates log p(x) of each row by importance sampling with Draws
// from the guide: "logp", its standard error "stderr" and "bias" (see
// vi.Evidence), the effective number of draws "ess", and "khat": above .7 the
// estimate is not to be trusted (see vi.ParetoShape).
func (m *Model) LogLikelihood(ctx context.Context, q Request) (*Reply, error) {
	return m.ask(ctx, LogLikelihood, q)
}

// ELBO gives Spec.Objective of each row, "elbo", which as a rule is a lower bound
// of log p(x).
func (m *Model) ELBO(ctx context.Context, q Request) (*Reply, error) { return m.ask(ctx, ELBO, q) }

// Impute fills in what is missing of the data, where a value is NaN: "x/mean" is
// the mean of each entry given those that are there, with these themselves, and
// "x/std" its standard deviation, 0 of these. They are self-normalised importance
// sampling with Draws from the guide at the data so far filled in, first with a
// constant and then Config.Steps − 1 times with the means, each of which is a
// better place for the guide (one step is what Mattei and Frellsen do, arXiv
// 1812.02633). The other outputs are those of LogLikelihood, of the
// entries that are there.
func (m *Model) Impute(ctx context.Context, q Request) (*Reply, error) { return m.ask(ctx, Impute, q) }

// Call answers an operation of Spec.Calls.
func (m *Model) Call(ctx context.Context, name string, q Request) (*Reply, error) {
	return m.ask(ctx, name, q)
}
