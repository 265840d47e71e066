package data_test

import (
	"crypto/sha256"
	"encoding/hex"
	"runtime"
	"slices"
	"testing"

	"github.com/latentgo/latent/trainers/data"
)

func TestDigits(t *testing.T) {
	const n = 500
	s := data.Digits(1, n)
	if s.Len() != n || s.Cols("x") != 784 || s.Cols("y") != 1 || !slices.Equal(s.Shape("x"), []int{28, 28}) {
		t.Fatalf("%d rows of %d and %d columns, %v", s.Len(), s.Cols("x"), s.Cols("y"), s.Shape("x"))
	}
	x, y := s.Values("x"), s.Values("y")
	var classes [10]int
	seen := map[string]bool{}
	for i := range n {
		classes[int(y[i])]++
		picture := x[i*784 : (i+1)*784]
		var ink, border, grey float32
		var key []byte
		for j, v := range picture {
			if v < 0 || v > 1 {
				t.Fatalf("row %d pixel %d is %v", i, j, v)
			}
			ink += v
			if r, c := j/28, j%28; min(r, c, 27-r, 27-c) < 2 {
				border += v
			}
			if v > 0.1 && v < 0.9 {
				grey++
			}
			key = append(key, byte(v*255))
		}
		// The training pictures of MNIST hold between 19.9 and 311.7.
		if ink < 20 || ink > 250 || border > 0 || grey < 10 {
			t.Errorf("row %d: ink %v, %v of it on the border, %v grey pixels", i, ink, border, grey)
		}
		if seen[string(key)] {
			t.Errorf("row %d repeats a picture", i)
		}
		seen[string(key)] = true
		if i%10 == 9 && slices.Min(classes[:]) != slices.Max(classes[:]) {
			t.Fatalf("classes %v after %d rows", classes, i+1)
		}
	}
}

func TestDigitsPrefix(t *testing.T) {
	long := data.Digits(7, 333)
	short := data.Digits(7, 75)
	if !slices.Equal(short.Values("x"), long.Values("x")[:75*784]) || !slices.Equal(short.Values("y"), long.Values("y")[:75]) {
		t.Error("Digits(7, 75) is not the start of Digits(7, 333)")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if !slices.Equal(data.Digits(7, 333).Values("x"), long.Values("x")) {
		t.Error("one processor draws other pictures")
	}
	if slices.Equal(data.Digits(8, 75).Values("x"), short.Values("x")) {
		t.Error("the seed changes nothing")
	}
}

// The pictures are part of what a seed means; on no platform may they change.
func TestDigitsAreTheSameEverywhere(t *testing.T) {
	s := data.Digits(1, 200)
	h := sha256.New()
	for _, v := range s.Values("x") {
		h.Write([]byte{byte(v*255 + 0.5)})
	}
	for _, v := range s.Values("y") {
		h.Write([]byte{byte(v)})
	}
	const want = "1b019bc62534bb0e234f416c0be8bf62a3d66cfd297afd8ed7d859b1eb7ae2af"
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

func TestDigitsOfNothing(t *testing.T) {
	defer func() {
		if r := recover(); r != "data: Digits of fewer than one picture" {
			t.Errorf("panic %v", r)
		}
	}()
	data.Digits(1, 0)
}

func BenchmarkDigits(b *testing.B) {
	for b.Loop() {
		data.Digits(1, 10000)
	}
}
