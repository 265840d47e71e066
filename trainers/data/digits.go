package data

import (
	"fmt"
	"image"
	"image/draw"
	"math"
	"runtime"
	"sync"

	"golang.org/x/image/vector"

	"github.com/latentgo/latent/internal/kernel"
)

// digitSide is the height and width of a picture of Digits, in pixels; body
// the size of the square that the digit itself fills at most, as in MNIST.
const (
	digitSide = 28
	digitBody = 20
)

// Digits draws n pictures of the digits 0 to 9, so that models can be tried
// without a data set at hand: a row of "x" is a picture [28, 28] of pixels
// in [0, 1] with ink near 1, of "y" [1] its digit. Every ten rows from the first hold each digit once,
// in a random order.
//
// The digits come from the Go fonts (regular to bold, upright and italic,
// proportional and mono), bent, turned, slanted, stretched and moved at random
// and then drawn with smooth edges, like MNIST's: at most 20×20 pixels,
// centred up to a small shift.
//
// Row i depends on the seed and i alone, bit for bit on every platform, so
// that Digits(seed, 100) is the start of Digits(seed, 1000). It panics if n is
// less than 1.
func Digits(seed uint64, n int) *Set {
	if n < 1 {
		panic("data: Digits of fewer than one picture")
	}
	if n > math.MaxInt32/(digitSide*digitSide) {
		panic(fmt.Sprintf("data: %d Digits have more than 2³¹ pixels", n))
	}
	x := make([]float32, n*digitSide*digitSide)
	y := make([]uint8, n)
	order := make([]int, 10)
	for i := range y {
		if i%10 == 0 {
			shuffle(order, kernel.Noise{Key: kernel.SiteKey(seed, 0, "data/digits/class"), Step: uint32(i / 10)})
		}
		y[i] = uint8(order[i%10])
	}
	noise := kernel.Noise{Key: kernel.SiteKey(seed, 0, "data/digits")}
	const chunk = 64
	starts := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (n+chunk-1)/chunk) {
		wg.Go(func() {
			p := newPen()
			for from := range starts {
				for i := from; i < min(from+chunk, n); i++ {
					g := noise.Substream(0, uint32(i), 0)
					p.draw(x[i*digitSide*digitSide:(i+1)*digitSide*digitSide], int(y[i]), &g)
				}
			}
		})
	}
	for from := 0; from < n; from += chunk {
		starts <- from
	}
	close(starts)
	wg.Wait()
	return &Set{rows: n, arrays: []Array{FromFlat("x", x, digitSide, digitSide), FromFlat("y", y, 1)}}
}

// pen draws digits; each goroutine has its own.
type pen struct {
	raster *vector.Rasterizer
	mask   *image.Alpha
	line   []point
}

func newPen() *pen {
	return &pen{
		raster: vector.NewRasterizer(digitSide, digitSide),
		mask:   image.NewAlpha(image.Rect(0, 0, digitSide, digitSide)),
	}
}

func (p *pen) draw(dst []float32, digit int, g *kernel.Substream) {
	faces := glyphs()
	outline := faces[g.Intn(len(faces))][digit]
	p.line = append(p.line[:0], outline.points...)
	hand := newHand(g)
	for i, q := range p.line {
		p.line[i] = hand.bend(q)
	}
	fit(p.line, g)

	p.raster.Reset(digitSide, digitSide)
	p.raster.DrawOp = draw.Src
	from := 0
	for _, to := range outline.ends {
		for i, q := range p.line[from:to] {
			if i == 0 {
				p.raster.MoveTo(float32(q.x), float32(q.y))
			} else {
				p.raster.LineTo(float32(q.x), float32(q.y))
			}
		}
		p.raster.ClosePath()
		from = to
	}
	p.raster.Draw(p.mask, p.mask.Bounds(), image.Opaque, image.Point{})
	for i, v := range p.mask.Pix {
		dst[i] = float32(v) / 255
	}
}
