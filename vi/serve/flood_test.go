package serve_test

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/vi/serve"
)

// heap is the memory in use when nothing is garbage, in bytes.
func heap() float64 {
	runtime.GC()
	runtime.GC() // closes the pools of programs that were dropped
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return float64(s.HeapAlloc)
}

// TestFloodOfSizes asks for many numbers of rows and draws: programs of all sizes
// that are kept take no more than Config.Memory says.
func TestFloodOfSizes(t *testing.T) {
	for _, limit := range []int{1, 2 << 20, 64 << 20} {
		m := start(t, vaeSpec, &graph.Params{}, serve.Config{Memory: limit, Runs: 1})
		r := rand.New(rand.NewPCG(1, 2))
		before := heap()
		for range 300 {
			op, q := request(r, 150)
			answer(m, op, q)
		}
		if grew := heap() - before; grew > float64(limit)+2e6 { // calls that are used again have some
			t.Errorf("300 requests took %.1f MB, of programs at most %.1f MB", grew/1e6, float64(limit)/1e6)
		}
		m.Close()
	}
}
