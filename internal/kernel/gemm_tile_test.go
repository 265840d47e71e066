package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// near reports whether a and b, sums of k products below one, agree.
func near[T Float](a, b []T, k int) bool {
	for i, x := range a {
		if !(math.Abs(float64(x-b[i])) <= epsilon[T]()*float64(k+2)) {
			return false
		}
	}
	return true
}

// Every height, width and remainder of every tile, against the portable one.
func TestGemmTiles(t *testing.T) { eachPath(t, testGemmTiles[float32], testGemmTiles[float64]) }

func testGemmTiles[T Float](t *testing.T, _ *Pool) {
	g := geometryOf[T]()
	r := rand.New(rand.NewPCG(11, 12))
	for _, v := range []int{1, 2, 4, 8} {
		most := v * g.lanes
		for rows := 1; rows <= g.tall[v]; rows++ {
			for width := 1; width <= most; width++ {
				if v > 2 {
					width = most // wider tiles are only used whole
				}
				for variant := range 6 {
					c := tileCase{v, rows, width, (rows + width + 7*variant) % 10, 1 + variant%2, variant / 2}
					if !checkTile[T](r, g, c) {
						t.Fatalf("%+v: wrong", c)
					}
				}
			}
		}
	}
}

// A tileCase starts from nothing, C or a bias.
type tileCase struct{ vecs, rows, width, k, strips, from int }

func checkTile[T Float](r *rand.Rand, g geometry, x tileCase) bool {
	m, rsc, rsb := x.rows*x.strips, x.width+x.rows%4, x.vecs*g.lanes
	a, _ := fenced[T](r, m*(x.k+2)+1, 1)
	b, _ := fenced[T](r, (x.k+1)*rsb, 3)
	c, intact := fenced[T](r, (m-1)*rsc+x.width, x.rows)
	tile := tileArgs[T]{vecs: x.vecs, a: a, b: b, c: c, rsa: x.k + x.width%3, csa: 1, rsb: rsb, rsc: rsc, k: x.k,
		rows: x.rows, strips: x.strips, width: x.width}
	if x.width%2 == 0 { // A by columns
		tile.rsa, tile.csa = 1, m
	}
	want := tile
	want.c = append([]T(nil), c...)
	switch x.from {
	case 1:
		tile.src, tile.rss = c, rsc
		want.src, want.rss = append([]T(nil), c...), rsc
	case 2:
		tile.src, _ = fenced[T](r, x.width, 1)
		want.src = tile.src
	}
	want.portable()
	tile.run(g.path)
	return intact() && near(c, want.c, x.k)
}

// Every remainder of every dot product.
func TestGemmDots(t *testing.T) { eachPath(t, testGemmDots[float32], testGemmDots[float64]) }

func testGemmDots[T Float](t *testing.T, _ *Pool) {
	r := rand.New(rand.NewPCG(13, 14))
	for rows := 1; rows <= 3; rows++ {
		for n := 1; n <= 9; n++ {
			for k := range 35 {
				ld, pad := k+n%3, k%2
				x, _ := fenced[T](r, rows*ld+1, 1)
				y, _ := fenced[T](r, n*ld+1, 2)
				c, intact := fenced[T](r, rows*(n+pad), k%5)
				d := dotArgs[T]{x: x, y: y, c: c, ldx: ld, ldy: ld, rsc: n + pad, csc: 1, k: k, rows: rows}
				if k%3 == 0 {
					d.rsc, d.csc = 1, rows
				}
				if k%4 < 2 {
					d.src, _ = fenced[T](r, rows*(n+pad), 1)
					d.rss, d.css = d.rsc, d.csc
				}
				want := d
				want.c = append([]T(nil), c...)
				want.portable(n)
				d.run(Active(), n)
				if !intact() || !near(c, want.c, k) {
					t.Fatalf("%d×%d dot products of length %d: wrong", rows, n, k)
				}
			}
		}
	}
}

// Every width of a panel.
func TestGemmPack(t *testing.T) { eachPath(t, testGemmPack[float32], testGemmPack[float64]) }

func testGemmPack[T Float](t *testing.T, _ *Pool) {
	g := geometryOf[T]()
	r := rand.New(rand.NewPCG(15, 16))
	for _, vecs := range []int{1, 2, 4, 8} {
		dld := vecs * g.lanes
		for width := 1; width <= dld; width++ {
			if vecs > 2 {
				width = dld // wider panels are full
			}
			for k := 1; k < 10; k++ {
				ld := width + k%3
				src, _ := fenced[T](r, k*ld, 1)
				dst, intact := fenced[T](r, k*dld, 2)
				packRows(g.path, vecs, dst, src, ld, k, width, dld)
				for p := range k {
					for j := range width {
						if dst[p*dld+j] != src[p*ld+j] {
							t.Fatalf("%d rows of width %d into %d vectors: wrong at %d, %d", k, width, vecs, p, j)
						}
					}
				}
				if !intact() {
					t.Fatalf("%d rows of width %d into %d vectors: wrote beyond", k, width, vecs)
				}
			}
		}
	}
}
