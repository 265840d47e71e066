package data

import (
	"image"
	"image/png"
	"io"
	"math"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/atomicfile"
)

// WriteGrid writes grey pictures as one PNG file, side by side, columns in a
// line; what the last line lacks is black. images are pictures of the shape,
// [height, width] or [height, width, 1] as Set.Shape gives it, one after the
// other, 0 black and 1 white; values outside are clamped, values that are not
// finite are an error. The file appears whole or not at all.
func WriteGrid(path string, images []float32, shape []int, columns int) error {
	if len(shape) < 2 || len(shape) > 3 || len(shape) == 3 && shape[2] != 1 {
		return errors.Errorf("data: grid %s: pictures of shape %v, want [height width] or [height width 1]", path, shape)
	}
	h, w := shape[0], shape[1]
	if h < 1 || w < 1 || columns < 1 {
		return errors.Errorf("data: grid %s: pictures of %dx%d in %d columns, want positive sizes", path, h, w, columns)
	}
	if len(images) == 0 || w > len(images)/h || len(images)%(h*w) != 0 {
		return errors.Errorf("data: grid %s: %d values do not make pictures of %dx%d", path, len(images), h, w)
	}
	n := len(images) / (h * w)
	columns = min(columns, n)
	g := image.NewGray(image.Rect(0, 0, columns*w, (n+columns-1)/columns*h))
	for i, v := range images {
		k, y, x := i/(h*w), i/w%h, i%w
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return errors.Errorf("data: grid %s: picture %d row %d column %d is %v, want a finite value", path, k, y, x, v)
		}
		level := uint8(float32(min(max(v, 0), 1)*255) + 0.5) // no fused product: the same file everywhere
		g.Pix[g.PixOffset(k%columns*w+x, k/columns*h+y)] = level
	}
	err := atomicfile.Write(path, func(w io.Writer) error {
		return errors.Wrap(png.Encode(w, g), "png")
	})
	return errors.WithMessagef(err, "data: grid %s", path)
}
