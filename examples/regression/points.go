package main

import (
	"log"
	"math"

	"github.com/latentgo/latent/trainers/data"
)

// truth is the line that the points of a group lie around.
func truth(group int, x float64) float64 {
	g := float64(group)
	return .5*g - 1 + (1-.4*g)*x
}

const noise = .3

// points makes the data: few for the last group.
func points() *data.Set {
	var group []int
	var x, y []float64
	for i := range 64 {
		g := i % groups
		if u := 4*math.Mod(float64(i)*math.Phi, 1) - 2; g < groups-1 || i < 16 {
			e := math.Sqrt2 * math.Erfinv(2*math.Mod(float64(i)*math.Sqrt2+.5, 1)-1)
			group, x, y = append(group, g), append(x, u), append(y, truth(g, u)+noise*e)
		}
	}
	return set(group, x, y)
}

func set(group []int, x, y []float64) *data.Set {
	arrays := []data.Array{data.FromFlat("group", group, 1), data.FromFlat("x", x, 1)}
	if y != nil {
		arrays = append(arrays, data.FromFlat("y", y, 1))
	}
	s, err := data.New(arrays...)
	if err != nil {
		log.Fatal(err)
	}
	return s
}
