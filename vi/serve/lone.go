package serve

import "context"

// own returns a worker for the goroutine of a call that just began to wait, if no
// other is under way, and one short run of a program that is there is all it takes;
// nil if not. mu is held.
func (m *Model) own(c *call) *worker {
	l := c.lane
	switch {
	case l.version.calls > 1 || m.running > 0, m.config.Delay > 0 && !m.config.Alone: // others may come along
		return nil
	case c.rows > l.most || l.passes > 1 || l.op.holes || len(l.free[bucket(l.size(c.rows))]) == 0: // may take long
		return nil
	}
	var w *worker
	if n := len(m.workers); n > 0 {
		w = m.workers[n-1]
		m.workers = m.workers[:n-1]
	} else {
		w = &worker{Model: m}
	}
	w.pieces = m.hand(l, w.pieces[:0], c.since)
	m.done.Add(1) // Close waits for it
	return w
}

// workAlone is what such a worker does.
func (w *worker) workAlone(ctx context.Context, l *lane) {
	w.ctx.caller = ctx
	w.run(l)
	w.ctx.caller = nil
	w.mu.Lock()
	w.workers = append(w.workers, w)
	w.mu.Unlock()
	w.done.Done()
}
