package serve

import (
	"slices"
	"time"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/door"
	"github.com/latentgo/latent/internal/mark"
)

// begin returns a call to fill, of the version that answers now; nil if the
// model is closed.
func (m *Model) begin() (*call, *version) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, nil
	}
	m.current.calls++
	if n := len(m.spare); n > 0 {
		c := m.spare[n-1]
		m.spare = m.spare[:n-1]
		return c, m.current
	}
	return &call{done: make(chan struct{}, 1)}, m.current
}

// end gives up so many of the two holds on a call: the caller's and the workers'.
func (m *Model) end(c *call, v *version, holds int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c.lane == nil {
		c.owners = holds // it never waited
	}
	m.drop(c, v, holds)
}

// retire forgets a version that answers no longer.
func (m *Model) retire(v *version) {
	m.versions = slices.DeleteFunc(m.versions, func(w *version) bool { return w == v })
	m.dropPrograms(v)
}

const (
	maxSpare     = 256
	maxSpareSize = 1 << 17 // numbers that a call is kept with
)

// drop is end with mu held.
func (m *Model) drop(c *call, v *version, holds int) {
	if c.owners -= holds; c.owners > 0 {
		return
	}
	select {
	case <-c.done: // nobody waited
	default:
	}
	c.lane = nil
	v.calls--
	if v.retired && v.calls == 0 {
		m.retire(v)
	}
	size := cap(c.logw)
	for _, x := range c.in {
		size += cap(x.F32) + cap(x.F64)
	}
	for _, x := range c.out {
		size += cap(x)
	}
	if len(m.spare) < maxSpare && size <= maxSpareSize {
		m.spare = append(m.spare, c)
	}
}

const maxLanes = 64 // that are kept without requests

// enqueue lets a call wait for a worker, or returns one for its own goroutine.
func (m *Model) enqueue(c *call, v *version, op int) (*worker, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, ErrClosed
	}
	if m.waiting+c.rows > m.config.Queue {
		return nil, mark.Error(errors.Errorf("serve: %d rows are waiting, no room for %d more in a queue of %d", m.waiting, c.rows, m.config.Queue), ErrFull)
	}
	l := v.lanes[c.key]
	if l == nil {
		m.dropLanes(v)
		l = v.lane(op, c.key.given, c.key.draws*c.key.passes)
		v.lanes[c.key] = l
	}
	if l.err != nil {
		return nil, l.err
	}
	c.lane = l
	c.since = time.Now()
	l.pending = append(l.pending, c)
	l.waiting += c.rows
	m.clock++
	l.used = m.clock
	m.waiting += c.rows
	m.config.Meter.Waiting(m.waiting)
	if w := m.own(c); w != nil {
		return w, nil
	}
	m.wakeOne()
	return nil, nil
}

// dropLanes forgets the lane used last of those that are idle, if there are many:
// the operations' own stay.
func (m *Model) dropLanes(v *version) {
	if len(v.lanes) < maxLanes+len(v.ops) {
		return
	}
	var oldest *lane
	for _, l := range v.lanes {
		if len(l.pending) == 0 && l.runs == 0 && !v.own(l) && (oldest == nil || l.used < oldest.used) {
			oldest = l
		}
	}
	if oldest != nil {
		m.dropFree(oldest)
		delete(v.lanes, oldest.key)
	}
}

// own tells whether a lane is the one that its operation has by itself.
func (v *version) own(l *lane) bool {
	return l.err == nil && l.key == keyOf(l.key.op, l.op.given, max(l.op.draws, 1))
}

// leave is for a caller that does not wait any longer.
func (m *Model) leave(c *call) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c.gone.Store(true)
	l := c.lane
	if rest := c.rows - c.handed; rest > 0 {
		l.pending = slices.DeleteFunc(l.pending, func(o *call) bool { return o == c })
		m.handedOut(l, c, rest)
		c.left -= rest
		if c.left == 0 {
			m.drop(c, l.version, 1) // no worker has it
		}
	}
	m.drop(c, l.version, 1)
}

// handedOut counts rows that no longer wait.
func (m *Model) handedOut(l *lane, c *call, rows int) {
	c.handed += rows
	l.waiting -= rows
	m.waiting -= rows
	m.config.Meter.Waiting(m.waiting)
}

func (m *Model) wakeOne() {
	if m.closed { // the channel wakes all
		return
	}
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// next returns the lane whose first request has waited longest among those that
// are ready to run, or how long until one is; 0 if nothing waits, or as many run
// as may, the first of which to end wakes a worker. mu is held.
func (m *Model) next(now time.Time) (first *lane, wait time.Duration) {
	if m.running >= m.config.Runs && !m.closed {
		return nil, 0
	}
	for _, v := range m.versions {
		for _, l := range v.lanes {
			if len(l.pending) == 0 {
				continue
			}
			since := l.pending[0].since
			rest := m.config.Delay - now.Sub(since)
			if rest > 0 && l.waiting < l.most && !m.closed && !m.config.Alone {
				if wait == 0 || rest < wait {
					wait = rest
				}
				continue
			}
			if first == nil || since.Before(first.pending[0].since) {
				first = l
			}
		}
	}
	return first, wait
}

// hand takes rows of a lane for one run. A call with more goes to the end.
func (m *Model) hand(l *lane, ps []piece, now time.Time) []piece {
	for room := l.most; room > 0 && len(l.pending) > 0; {
		c := l.pending[0]
		n := min(room, c.rows-c.handed)
		ps = append(ps, piece{c, c.handed, n})
		m.handedOut(l, c, n)
		room -= n
		l.pending = l.pending[:copy(l.pending, l.pending[1:])]
		if c.handed < c.rows {
			c.since = now
			l.pending = append(l.pending, c)
			break
		}
		if m.config.Alone || l.shared {
			break
		}
	}
	l.runs++
	m.running++
	if m.waiting > 0 {
		m.wakeOne()
	}
	return ps
}

// dropPrograms drops the idle programs of a version.
func (m *Model) dropPrograms(v *version) {
	for _, l := range v.lanes {
		m.dropFree(l)
	}
}

func (m *Model) dropFree(l *lane) {
	for b, ps := range l.free {
		for _, p := range ps {
			door.Close(p.Program)
			m.memory -= p.bytes
		}
		l.free[b] = nil
	}
}

// adopt counts the programs of a new version.
func (m *Model) adopt(v *version) {
	for _, l := range v.lanes {
		for _, ps := range l.free {
			for _, p := range ps {
				m.memory += p.bytes
			}
		}
	}
}
