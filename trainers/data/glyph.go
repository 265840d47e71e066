package data

import (
	"sync"

	"github.com/pkg/errors"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gobolditalic"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/gofont/gomediumitalic"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/gomonobolditalic"
	"golang.org/x/image/font/gofont/gomonoitalic"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// point is a place in the plane, y downwards.
type point struct{ x, y float64 }

// glyph is the outline of a digit as closed polygons: contour k has the points
// from ends[k-1] to ends[k]. Its box is centred on the origin and 1 high.
type glyph struct {
	points []point
	ends   []int
	width  float64 // of the box
}

// glyphs returns the ten digits of each font, read once.
var glyphs = sync.OnceValue(func() [][10]glyph {
	var faces [][10]glyph
	for _, ttf := range [][]byte{
		goregular.TTF, goitalic.TTF, gomedium.TTF, gomediumitalic.TTF, gobold.TTF, gobolditalic.TTF,
		gomono.TTF, gomonoitalic.TTF, gomonobold.TTF, gomonobolditalic.TTF,
	} {
		face, err := readDigits(ttf)
		if err != nil {
			panic(err) // the fonts are part of the program
		}
		faces = append(faces, face)
	}
	return faces
})

func readDigits(ttf []byte) (face [10]glyph, err error) {
	f, err := sfnt.Parse(ttf)
	if err != nil {
		return face, errors.Wrap(err, "data: font")
	}
	var buf sfnt.Buffer
	for d := range face {
		// The zero of these fonts has a stroke through it, which few people
		// write; their O, made narrow below, has none.
		index, err := f.GlyphIndex(&buf, rune("O123456789"[d]))
		if err != nil {
			return face, errors.Wrapf(err, "data: font: digit %d", d)
		}
		// At this size the coordinates are the font's own units, integers.
		segments, err := f.LoadGlyph(&buf, index, fixed.Int26_6(f.UnitsPerEm()), nil)
		if err != nil {
			return face, errors.Wrapf(err, "data: font: digit %d", d)
		}
		face[d] = flatten(segments)
	}
	for i, p := range face[0].points {
		face[0].points[i].x = p.x * (zeroWidth / face[0].width)
	}
	return face, nil
}

// zeroWidth is the width of the zero in heights.
const zeroWidth = 0.65

// flatten turns curves into polygons with points close enough for 28 pixels.
func flatten(segments sfnt.Segments) glyph {
	var g glyph
	at := func(p fixed.Point26_6) point { return point{float64(p.X), float64(p.Y)} }
	for _, s := range segments {
		a := at(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if len(g.points) > 0 {
				g.ends = append(g.ends, len(g.points))
			}
			g.points = append(g.points, a)
		case sfnt.SegmentOpLineTo:
			// Points along straight lines let them bend.
			from := g.points[len(g.points)-1]
			for i := 1; i <= lineSteps; i++ {
				t := float64(i) / lineSteps
				g.points = append(g.points, point{mix(from.x, a.x, t), mix(from.y, a.y, t)})
			}
		case sfnt.SegmentOpQuadTo: // TrueType has no cubic curves
			from, to := g.points[len(g.points)-1], at(s.Args[1])
			for i := 1; i <= curveSteps; i++ {
				t := float64(i) / curveSteps
				g.points = append(g.points, point{
					mix(mix(from.x, a.x, t), mix(a.x, to.x, t), t),
					mix(mix(from.y, a.y, t), mix(a.y, to.y, t), t),
				})
			}
		}
	}
	g.ends = append(g.ends, len(g.points))
	low, high := box(g.points)
	g.width = (high.x - low.x) / (high.y - low.y)
	for i, p := range g.points {
		g.points[i] = point{
			(p.x - (low.x+high.x)/2) / (high.y - low.y),
			(p.y - (low.y+high.y)/2) / (high.y - low.y),
		}
	}
	return g
}

const (
	lineSteps  = 4
	curveSteps = 4
)

// mix is a + t(b-a). The conversion keeps the compiler from fusing the product
// into the sum, which would round differently on some processors.
func mix(a, b, t float64) float64 { return a + float64(t*(b-a)) }

// box returns the corners of the smallest box around the points.
func box(points []point) (low, high point) {
	low, high = points[0], points[0]
	for _, p := range points {
		low.x, low.y = min(low.x, p.x), min(low.y, p.y)
		high.x, high.y = max(high.x, p.x), max(high.y, p.y)
	}
	return low, high
}
