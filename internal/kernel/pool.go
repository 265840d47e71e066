package kernel

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
)

// Task is work in numbered parts. Do runs one part; worker, below the pool's
// Workers, is the same for no two parts that run at the same time, so it may
// index scratch memory. What a part computes must not depend on worker.
type Task interface {
	Do(part, worker int)
}

// A Pool is a fixed set of workers, the caller among them, that run the parts
// of a Task. One goroutine at a time may use it: give every program its own.
// Any number of pools may work at once.
//
// Parts are claimed as workers come free, so which worker runs a part varies;
// the partition itself is the Task's and does not depend on the pool. A worker
// without work spins for a while, yielding, and then parks, so an idle pool
// costs nothing. Run starts no goroutine and allocates nothing.
//
// A Pool that is dropped is closed by the garbage collector; Close does it at
// once.
type Pool struct {
	*poolState
}

// NewPool returns a pool of the given number of workers, the caller included;
// 0 means GOMAXPROCS.
func NewPool(workers int) *Pool {
	if workers < 0 || workers > maxWorkers {
		panic(fmt.Sprintf("kernel: NewPool of %d workers", workers))
	}
	if workers == 0 {
		workers = min(runtime.GOMAXPROCS(0), maxWorkers)
	}
	c := &poolState{scratch: make([]scratch, workers), wake: make(chan struct{}, workers)}
	for w := range c.scratch {
		c.scratch[w].fixed = aligned(scratchBytes)
	}
	for w := 1; w < workers; w++ {
		c.live.Add(1)
		go c.work(w)
	}
	p := &Pool{c}
	runtime.AddCleanup(p, (*poolState).close, c)
	return p
}

// Workers returns the number of workers, the caller included.
func (p *Pool) Workers() int { return len(p.scratch) }

// Close ends the workers. A closed pool still runs tasks, on the caller alone.
func (p *Pool) Close() { p.close() }

// Run calls t.Do for every part from 0 to parts-1, at most maxParts of them,
// and returns when all are done. Parts may run at the same time, in any order.
// If a part panics, the parts not yet begun are skipped and Run panics with
// that value. Run must not be called from within a task of the same pool, nor
// may a task call runtime.Goexit.
func (p *Pool) Run(parts int, t Task) {
	if parts < 0 || parts > maxParts {
		panic(fmt.Sprintf("kernel: Pool.Run of %d parts, at most %d", parts, maxParts))
	}
	if !p.busy.CompareAndSwap(false, true) {
		panic("kernel: Pool.Run during another Run of the same pool")
	}
	if parts <= 1 || len(p.scratch) == 1 {
		defer p.busy.Store(false)
		for i := range parts {
			t.Do(i, 0)
		}
		return
	}
	p.run(parts, t)
	runtime.KeepAlive(p)
}

const (
	maxParts   = 1<<indexBits - 1
	maxWorkers = 1 << 10

	indexBits = 20
	indexMask = 1<<indexBits - 1

	spins    = 64                     // pauses between two yields
	spinning = 300 * time.Microsecond // how long an idle worker spins
)

// A poolState is what the workers of a pool share. They refer to it and not to the
// Pool, so that a Pool which nobody else refers to is collected, and closed.
//
// A phase is one call of Run. It is described by one word, so that a worker
// which arrives late can never claim a part of one phase by the counts of
// another: epoch<<40 | parts<<20 | next. A claim is a compare-and-swap that
// raises next. Whoever succeeds holds a part of the phase in progress, which
// cannot end before that part is counted in done; only then does it read task.
// So nobody waits for a worker that has not woken.
type poolState struct {
	word    atomic.Uint64
	_       [56]byte
	done    atomic.Int64 // parts that the others have finished in this phase
	_       [56]byte
	task    Task // of the phase in progress
	fault   atomic.Pointer[fault]
	parked  atomic.Int32 // workers that sleep, or are about to
	live    atomic.Int32
	closed  atomic.Bool
	busy    atomic.Bool
	wake    chan struct{}
	scratch []scratch
}

// A fault is the first panic of a phase.
type fault struct{ value any }

// run carries out one phase.
func (c *poolState) run(parts int, t Task) {
	c.task = t
	c.done.Store(0)
	epoch := c.word.Load()>>(2*indexBits) + 1
	c.word.Store(epoch<<(2*indexBits) | uint64(parts)<<indexBits)
	for range min(int(c.parked.Load()), parts-1) {
		c.wakeOne()
	}
	mine := 0
	for !c.claim(0, &mine) {
	}
	for i := 1; c.done.Load() != int64(parts-mine); i++ {
		pause()
		if i%spins == 0 {
			runtime.Gosched()
		}
	}
	c.task = nil
	f := c.fault.Swap(nil)
	c.busy.Store(false)
	if f != nil {
		panic(f.value)
	}
}

// claim runs parts of the phase in progress until none is left, counting them
// in *n. It returns false if a part panicked, to be called again.
func (c *poolState) claim(worker int, n *int) (all bool) {
	defer func() {
		if !all { // a panic, or runtime.Goexit, in a part
			v := recover()
			if v == nil {
				v = "kernel: a task ended its goroutine"
			}
			c.fault.CompareAndSwap(nil, &fault{v})
			c.count(worker, n)
		}
	}()
	for {
		w := c.word.Load()
		next := w & indexMask
		if next >= w>>indexBits&indexMask {
			return true
		}
		if !c.word.CompareAndSwap(w, w+1) {
			continue
		}
		if c.fault.Load() == nil {
			c.task.Do(int(next), worker)
		}
		c.count(worker, n)
	}
}

// count notes that a part is over. The caller's own need no shared counter.
func (c *poolState) count(worker int, n *int) {
	*n++
	if worker != 0 {
		c.done.Add(1)
	}
}

// work is the life of a worker.
func (c *poolState) work(worker int) {
	defer c.live.Add(-1)
	n := 0
	for !c.closed.Load() {
		for !c.claim(worker, &n) {
		}
		c.idle()
	}
}

// pending reports whether there is a part to claim or the pool is closed.
func (c *poolState) pending() bool {
	w := c.word.Load()
	return w&indexMask < w>>indexBits&indexMask || c.closed.Load()
}

// idle returns when there may be something to do. Gosched, a call the compiler
// does not inline, also lets the garbage collector stop the worker.
func (c *poolState) idle() {
	start := time.Now()
	for i := 1; !c.pending(); i++ {
		pause()
		if i%spins != 0 {
			continue
		}
		runtime.Gosched()
		if time.Since(start) < spinning {
			continue
		}
		// Whoever starts a phase looks at parked after it has written the word,
		// so between the two of us at least one sees the other.
		c.parked.Add(1)
		if !c.pending() {
			<-c.wake
		}
		c.parked.Add(-1)
		return
	}
}

// close ends the workers. As many tokens as wake holds reach every worker that
// sleeps, whoever else takes one.
func (c *poolState) close() {
	c.closed.Store(true)
	for range cap(c.wake) {
		c.wakeOne()
	}
}

// wakeOne wakes one worker. A token that nobody sleeps for only makes some worker
// spin once more before it parks.
func (c *poolState) wakeOne() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}
