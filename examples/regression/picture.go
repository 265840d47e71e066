package main

import (
	"slices"

	"github.com/latentgo/latent/trainers/data"
)

// A picture has a column for each of size values of x from −2 to 2, and lines for y
// from 4 down to −4.
const size = 160

// columns has the x of every column, for each group.
func columns() *data.Set {
	var group []int
	var x []float64
	for i := range groups * size {
		group, x = append(group, i/size), append(x, 4*float64(i%size)/(size-1)-2)
	}
	return set(group, x, nil)
}

// picture draws the bands, grey on white, and the points, black.
func picture(path string, points *data.Set, lo, hi []float64) error {
	pixels := slices.Repeat([]float32{1}, groups*size*size)
	line := func(y float64) int { return min(max(int((4-y)/8*size), 0), size-1) }
	for i := range lo {
		for at := line(hi[i]); at <= line(lo[i]); at++ {
			pixels[i/size*size*size+at*size+i%size] = .75
		}
	}
	group, x, y := points.Values("group"), points.Values("x"), points.Values("y")
	for i := range y {
		column := int((x[i] + 2) / 4 * (size - 1))
		for _, d := range [][2]int{{0, 0}, {0, 1}, {1, 0}, {1, 1}} {
			at := min(line(float64(y[i]))+d[0], size-1)
			pixels[int(group[i])*size*size+at*size+min(column+d[1], size-1)] = 0
		}
	}
	return data.WriteGrid(path, pixels, []int{size, size}, groups)
}
