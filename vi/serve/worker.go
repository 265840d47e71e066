package serve

import (
	"context"
	"runtime"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/internal/mark"
)

// worker runs what waits: on a goroutine of the Model, or on that of a request
// that is alone, which saves handing it over and back.
type worker struct {
	*Model
	pieces []piece
	one    [1]piece
	ctx    runContext
	guess  []guess // of Impute
}

// work is the life of a worker.
func (m *Model) work() {
	defer m.done.Done()
	w := worker{Model: m}
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		runtime.Gosched() // whoever was answered and asks again comes along
		m.mu.Lock()
		now := time.Now()
		l, wait := m.next(now)
		if l != nil {
			w.pieces = m.hand(l, w.pieces[:0], now)
		}
		over := m.closed && l == nil
		m.mu.Unlock()
		switch {
		case l != nil:
			w.run(l)
		case over:
			return
		case wait > 0:
			timer.Reset(wait)
			select {
			case <-m.wake:
			case <-timer.C:
			}
		default:
			<-m.wake
		}
	}
}

// run computes the pieces. One that cannot be computed with the others is
// computed by itself, so that it is no other's fault.
func (w *worker) run(l *lane) {
	err := w.compute(l, w.pieces)
	for i, p := range w.pieces {
		e := err
		if err != nil && len(w.pieces) > 1 && !p.gone.Load() {
			w.one[0] = p
			e = w.compute(l, w.one[:])
		}
		w.finish(l, p, e, i == len(w.pieces)-1)
		w.pieces[i] = piece{}
	}
	w.one[0] = piece{}
}

// finish hands a piece back.
func (m *Model) finish(l *lane, p piece, err error, last bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := p.call
	if err != nil && c.err == nil {
		c.err = err
	}
	if last {
		l.runs--
		if m.running--; m.waiting > 0 {
			m.wakeOne()
		}
	}
	if c.left -= p.n; c.left == 0 {
		c.done <- struct{}{}
		m.drop(c, l.version, 1)
	}
}

// compute runs a program for some pieces and collects its outputs.
func (w *worker) compute(l *lane, ps []piece) (err error) {
	if l.shared && len(ps) > 1 {
		return errors.New("serve: rows share noise")
	}
	rows := 0
	for _, p := range ps {
		rows += p.n
	}
	p, err := w.program(l, l.size(rows))
	if err != nil {
		return err
	}
	kept := false
	defer func() {
		if v := recover(); v != nil { // of a foreign operation, say: the program is given up
			err = errors.Errorf("serve: %s: panic: %v", l.op.name, v)
		}
		w.release(p, kept)
	}()
	if p.shared && len(ps) > 1 {
		kept = true
		return errors.New("serve: rows share noise")
	}
	w.mu.Lock()
	for _, c := range ps {
		c.prepare(p.outputs)
	}
	w.mu.Unlock()
	start := time.Now()
	w.ctx.pieces = ps
	if l.op.holes {
		err = w.impute(p, ps)
	} else {
		err = w.passes(p, ps)
	}
	w.ctx.pieces = nil
	kept = true
	w.config.Meter.Run(l.op.name, len(ps), rows, p.rows, time.Since(start))
	return err
}

// passes computes pieces in as many runs as their draws need.
func (w *worker) passes(p *program, ps []piece) error {
	if err := p.feed(ps); err != nil {
		return err
	}
	for pass := range p.lane.passes {
		if err := w.pass(p, ps, pass, 0); err != nil {
			return err
		}
		at := 0
		for _, c := range ps {
			s := p.span(c, at, pass)
			if err := p.collect(c.call, s); err != nil {
				return err
			}
			at += c.n
		}
	}
	return nil
}

// pass is one run with the noise of its rows and draws.
func (w *worker) pass(p *program, ps []piece, pass, step int) error {
	i := 0
	for _, c := range ps {
		for r := range c.n {
			p.keys[i] = door.RowKey{Seed: c.seed, Row: c.from + r, Sample: pass * p.lane.draws}
			i++
		}
	}
	for ; i < p.rows; i++ {
		p.keys[i] = p.keys[i-1]
	}
	return p.Run(&w.ctx, graph.Key{Stream: graph.EvaluationStream, Step: uint32(step)})
}

// runContext is done when nobody waits for any of the pieces.
type runContext struct {
	pieces []piece
	caller context.Context // of the only piece, whose goroutine this is; or nil
}

// Deadline implements context.Context.
func (*runContext) Deadline() (time.Time, bool) { return time.Time{}, false }

// Done implements context.Context. A run asks Err alone.
func (*runContext) Done() <-chan struct{} { return nil }

// Value implements context.Context.
func (*runContext) Value(any) any { return nil }

// Err implements context.Context.
func (c *runContext) Err() error {
	if c.caller != nil {
		return c.caller.Err()
	}
	for _, p := range c.pieces {
		if !p.gone.Load() {
			return nil
		}
	}
	return context.Canceled
}

// program returns one for some rows, an idle one or new.
func (m *Model) program(l *lane, rows int) (*program, error) {
	b := bucket(rows)
	m.mu.Lock()
	m.clock++
	l.used = m.clock
	if n := len(l.free[b]); n > 0 {
		p := l.free[b][n-1]
		l.free[b] = l.free[b][:n-1]
		p.used = m.clock
		m.mu.Unlock()
		return p, nil
	}
	m.mu.Unlock()
	p, err := l.buildSafely(rows)
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil {
		l.err = mark.Error(errors.WithMessage(err, "serve"), ErrRequest) // of what is given together: the usual was tried by New
		return nil, l.err
	}
	l.learn(p)
	m.memory += p.bytes
	p.used = m.clock
	return p, nil
}

// buildSafely returns a panic of the model's own code as an error.
func (l *lane) buildSafely(rows int) (p *program, err error) {
	defer func() {
		if v := recover(); v != nil {
			p, err = nil, errors.Errorf("%s: panic: %v", l.op.name, v)
		}
	}()
	return l.build(rows)
}

// release puts a program back, or closes it. If there are too many, the idle one
// that was used last goes.
func (m *Model) release(p *program, keep bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !keep {
		door.Close(p.Program)
		m.memory -= p.bytes
		return
	}
	p.lane.keep(p)
	for m.memory > m.config.Memory {
		var from *lane
		at, oldest := 0, (*program)(nil)
		for _, v := range m.versions {
			for _, l := range v.lanes {
				for b, ps := range l.free {
					if len(ps) > 0 && (oldest == nil || ps[0].used < oldest.used) {
						from, at, oldest = l, b, ps[0]
					}
				}
			}
		}
		if oldest == nil {
			return
		}
		ps := from.free[at]
		copy(ps, ps[1:])
		ps[len(ps)-1] = nil
		from.free[at] = ps[:len(ps)-1]
		door.Close(oldest.Program)
		m.memory -= oldest.bytes
	}
}
