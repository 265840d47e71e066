//go:build !purego

package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// Heights from below the lowest tile to beyond the tallest of any path: the ones
// that the driver may ask for are right, the others panic.
func TestGemmTileHeights(t *testing.T) {
	eachPath(t, testGemmTileHeights[float32], testGemmTileHeights[float64])
}

func testGemmTileHeights[T Float](t *testing.T, _ *Pool) {
	g := geometryOf[T]()
	if g.path == Portable {
		return // which has no tiles
	}
	r := rand.New(rand.NewPCG(17, 18))
	for _, v := range []int{1, 2, 4, 8} {
		for rows := -1; rows <= 20; rows++ {
			if rows >= 1 && rows <= g.tall[v] {
				if !checkTile[T](r, g, tileCase{v, rows, v * g.lanes, 3, 1, 0}) {
					t.Errorf("%d rows of %d vectors: wrong", rows, v)
				}
				continue
			}
			tile := tileArgs[T]{vecs: v, rows: rows, strips: 1}
			mustPanic(t, fmt.Sprintf("kernel: there is no tile of %d rows of %d vectors", rows, v), func() { tile.run(g.path) })
		}
	}
}
