package data

import "github.com/latentgo/latent/internal/kernel"

// hand is the way one digit is written: an outline is first bent by a smooth
// map, then slanted, stretched and turned. All of it is sums and products in a
// fixed order, without the mathematical functions that platforms may round
// differently; the conversions float64(…) forbid fused multiply-adds.
type hand struct {
	waist, lean, belly float64 // the bend: see bend
	ax, bx, ay, by     float64 // the matrix [ax bx; ay by]
}

// between returns a number in (-a, a), more often near 0.
func between(g *kernel.Substream, a float64) float64 {
	return float64(a * (g.Uniform() + g.Uniform() - 1))
}

func newHand(g *kernel.Substream) hand {
	h := hand{waist: between(g, 0.7), lean: between(g, 0.6), belly: between(g, 0.4)}
	shear, wide := between(g, 0.35), 1+between(g, 0.35)
	// t is the tangent of half the angle of rotation, up to 23 degrees.
	t := between(g, 0.2)
	tt := float64(t * t)
	cos, sin := (1-tt)/(1+tt), 2*t/(1+tt)
	// rotation · [wide, shear; 0, 1]
	h.ax, h.bx = float64(cos*wide), float64(cos*shear)-sin
	h.ay, h.by = float64(sin*wide), float64(sin*shear)+cos
	return h
}

// bend maps a point of a digit with height 1 around the origin:
//
//	x' = x (1 + waist·y) + lean·y²
//	y' = y + belly·x·y
//
// and then multiplies by the matrix.
func (h hand) bend(p point) point {
	x := p.x + float64(h.waist*float64(p.x*p.y)) + float64(h.lean*float64(p.y*p.y))
	y := p.y + float64(h.belly*float64(p.x*p.y))
	return point{float64(h.ax*x) + float64(h.bx*y), float64(h.ay*x) + float64(h.by*y)}
}

// fit scales an outline to the digit's body and moves it to the middle of the
// picture, up to a random size and shift, and never beyond the picture.
func fit(points []point, g *kernel.Substream) {
	low, high := box(points)
	size := digitBody * (0.9 + between(g, 0.1))
	scale := size / max(high.x-low.x, high.y-low.y)
	dx, dy := digitSide/2.0+between(g, 1.5), digitSide/2.0+between(g, 1.5)
	cx, cy := (low.x+high.x)/2, (low.y+high.y)/2
	for i, p := range points {
		points[i] = point{dx + float64(scale*(p.x-cx)), dy + float64(scale*(p.y-cy))}
	}
}
