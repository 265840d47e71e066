package kernel

import "testing"

func TestFillSetsNothingBeyond(t *testing.T) {
	for n := range 70 {
		x := make([]float32, 72)
		Fill(x[1:1+n], 3)
		for i, v := range x {
			if want := i >= 1 && i < 1+n; (v == 3) != want {
				t.Fatalf("%d elements: element %d is %v", n, i-1, v)
			}
		}
	}
}
