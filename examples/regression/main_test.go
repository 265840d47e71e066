package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// Of new data made as the points are, about 90 % lie in the bands, and the band of
// the group with few points is the widest.
func TestBandsHold(t *testing.T) {
	set := points()
	y, err := predict(context.Background(), set, columns())
	if err != nil {
		t.Fatal(err)
	}
	lo, hi := y.Quantile(.05), y.Quantile(.95)
	inside, tries := 0, 0
	var width [groups]float64
	for i := range lo {
		g, x := i/size, 4*float64(i%size)/(size-1)-2
		width[g] += (hi[i] - lo[i]) / size
		for _, e := range []float64{-1.645, -.93, -.6, -.25, 0, .25, .6, .93, 1.3, 1.645} {
			tries++
			if v := truth(g, x) + noise*e; lo[i] < v && v < hi[i] {
				inside++
			}
		}
	}
	if share := float64(inside) / float64(tries); share < .8 || share > .99 {
		t.Errorf("%.2f of new data in the bands of 90 %%", share)
	}
	for g := range groups - 1 {
		if width[g] >= width[groups-1] {
			t.Errorf("band of group %d is %.2f wide, of the group with few points %.2f", g, width[g], width[groups-1])
		}
	}
	path := filepath.Join(t.TempDir(), "lines.png")
	if err := picture(path, set, columns(), lo, hi); err != nil {
		t.Fatal(err)
	}
	if f, err := os.Stat(path); err != nil || f.Size() == 0 {
		t.Errorf("no picture: %v", err)
	}
}
