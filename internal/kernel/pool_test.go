package kernel

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// taskFunc makes a Task of a function.
type taskFunc func(part, worker int)

func (f taskFunc) Do(part, worker int) { f(part, worker) }

// Every part runs exactly once, and no two at a time share a worker number.
func TestPoolRunsEachPartOnce(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 8} {
		p := NewPool(workers)
		var busy [8]atomic.Int32
		ran := make([]int32, 1000)
		task := taskFunc(func(part, worker int) {
			if busy[worker].Add(1) != 1 {
				t.Errorf("two parts share worker %d", worker)
			}
			ran[part]++ // unsynchronised: the race detector watches
			busy[worker].Add(-1)
		})
		for parts := range 200 {
			clear(ran)
			p.Run(parts, task)
			for i, n := range ran {
				if want := int32(0); i < parts && n != 1 || i >= parts && n != want {
					t.Fatalf("%d workers, %d parts: part %d ran %d times", workers, parts, i, n)
				}
			}
		}
		p.Close()
	}
}

// Phases of changing size in quick succession, some after the workers have
// parked: a late worker must not claim into the wrong phase.
func TestPoolStress(t *testing.T) {
	rounds := 30000
	if testing.Short() || raceEnabled {
		rounds = 3000
	}
	p := NewPool(4)
	defer p.Close()
	var sum int64
	parts := make([]int64, 40)
	task := taskFunc(func(part, worker int) { parts[part] += sum + 1 })
	for i := range rounds {
		n := i * 7 % 40
		clear(parts)
		p.Run(n, task)
		for j, v := range parts {
			if want := sum + 1; j < n && v != want || j >= n && v != 0 {
				t.Fatalf("round %d of %d parts: part %d holds %d", i, n, j, v)
			}
		}
		sum++
		if i%1000 == 0 {
			time.Sleep(2 * spinning)
		}
	}
}

// Programs in several goroutines each have a pool.
func TestPoolsAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			p := NewPool(0)
			defer p.Close()
			var n atomic.Int64
			task := taskFunc(func(part, worker int) { n.Add(1) })
			for range 500 {
				p.Run(5, task)
			}
			if n.Load() != 2500 {
				t.Errorf("%d parts ran", n.Load())
			}
		})
	}
	wg.Wait()
}

func TestPoolPanic(t *testing.T) {
	want := errors.New("on purpose")
	for _, workers := range []int{1, 2, 4} {
		p := NewPool(workers)
		for bad := range 20 {
			func() {
				defer func() {
					if got := recover(); got != want {
						t.Errorf("%d workers: recovered %v", workers, got)
					}
				}()
				p.Run(20, taskFunc(func(part, worker int) {
					if part == bad {
						panic(want)
					}
				}))
			}()
			var n atomic.Int64 // and the pool works on
			p.Run(20, taskFunc(func(part, worker int) { n.Add(1) }))
			if n.Load() != 20 {
				t.Fatalf("%d of 20 parts ran after a panic", n.Load())
			}
		}
		p.Close()
	}
}

// The worker, not only the caller, may be where the panic arises.
func TestPoolPanicOnWorker(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	entered := make(chan struct{})
	defer func() {
		if got := recover(); got != "worker" {
			t.Errorf("recovered %v", got)
		}
	}()
	p.Run(2, taskFunc(func(part, worker int) {
		if worker == 1 {
			defer close(entered)
			panic("worker")
		}
		<-entered
	}))
}

func TestPoolMisuse(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	mustPanic(t, "kernel: Pool.Run of -1 parts, at most 1048575", func() { p.Run(-1, nil) })
	mustPanic(t, "kernel: NewPool of -1 workers", func() { NewPool(-1) })
	mustPanic(t, "kernel: Pool.Run during another Run of the same pool", func() {
		p.Run(2, taskFunc(func(part, worker int) { p.Run(2, nil) }))
	})
}

// A closed pool runs on, with the caller alone, and its workers are gone.
func TestPoolClose(t *testing.T) {
	p := NewPool(4)
	p.Close()
	p.Close()
	for p.live.Load() > 0 {
		time.Sleep(time.Millisecond)
	}
	n := 0
	p.Run(10, taskFunc(func(part, worker int) { n++ }))
	if n != 10 {
		t.Errorf("%d of 10 parts ran", n)
	}
}

// A dropped pool is closed by the garbage collector.
func TestPoolCollected(t *testing.T) {
	c := NewPool(3).poolState
	for i := 0; c.live.Load() > 0; i++ {
		if i == 1000 {
			t.Fatal("the workers of a dropped pool still live")
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

func TestPoolDoesNotAllocate(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	task := taskFunc(func(part, worker int) {})
	if n := testing.AllocsPerRun(200, func() { p.Run(8, task) }); n != 0 {
		t.Errorf("%v allocations a Run", n)
	}
}

// The garbage collector can stop the workers, whether they compute or spin.
func TestPoolLetsCollectorIn(t *testing.T) {
	var stop atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		p := NewPool(2)
		defer p.Close()
		x := make([]float32, 200*200)
		g := Gemm[float32]{M: 200, N: 200, K: 200, A: x, B: x, C: make([]float32, 200*200)}
		for !stop.Load() {
			g.Run(p)
		}
	})
	var worst time.Duration
	for range 20 {
		start := time.Now()
		runtime.GC()
		worst = max(worst, time.Since(start))
		time.Sleep(time.Millisecond)
	}
	stop.Store(true)
	wg.Wait()
	if worst > time.Second {
		t.Errorf("runtime.GC took %v while products ran", worst)
	}
	t.Logf("the longest of 20 collections took %v", worst)
}
