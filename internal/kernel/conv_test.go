package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// naiveConv computes c in float64 by the definition, together with the sums of the
// absolute values.
func naiveConv[T Float](c *Conv[T]) (want, scale []float64) {
	want, scale = make([]float64, len(c.out())), make([]float64, len(c.out()))
	in, out := c.C/c.Groups, c.O/c.Groups
	add := func(at int, a, b T) {
		want[at] += float64(a) * float64(b)
		scale[at] += math.Abs(float64(a) * float64(b))
	}
	for i := range c.N * c.H.Out() * c.W.Out() * c.H.Size * c.W.Size * c.O * in {
		ci, i := i%in, i/in
		o, i := i%c.O, i/c.O
		kw, i := i%c.W.Size, i/c.W.Size
		kh, i := i%c.H.Size, i/c.H.Size
		tw, i := i%c.W.Out(), i/c.W.Out()
		th, n := i%c.H.Out(), i/c.H.Out()
		h, ok := c.H.Place(th, kh)
		w, ok2 := c.W.Place(tw, kw)
		if !ok || !ok2 {
			continue
		}
		x := ((n*c.H.In+h)*c.W.In+w)*c.C + o/out*in + ci
		k := ((kh*c.W.Size+kw)*in+ci)*c.O + o
		y := ((n*c.H.Out()+th)*c.W.Out()+tw)*c.O + o
		switch c.Part {
		case ConvResult:
			add(y, c.X[x], c.Weights[k])
		case ConvInput:
			add(x, c.Y[y], c.Weights[k])
		default:
			add(k, c.X[x], c.Y[y])
		}
	}
	return want, scale
}

// checkConv computes each part of c with several workers and compares it with the
// definition, and its bits with those of one worker.
func checkConv[T Float](t *testing.T, p *Pool, c Conv[T], r *rand.Rand) {
	t.Helper()
	if c.H.Check()+c.W.Check() != "" {
		return
	}
	one := NewPool(1)
	defer one.Close()
	for part := ConvResult; part <= ConvWeights; part++ {
		c := c
		c.Part = part
		var intact [3]func() bool
		c.X, intact[0] = fenced[T](r, c.N*c.H.In*c.W.In*c.C, r.IntN(9))
		c.Weights, intact[1] = fenced[T](r, c.H.Size*c.W.Size*c.C/c.Groups*c.O, r.IntN(9))
		c.Y, intact[2] = fenced[T](r, c.N*c.H.Out()*c.W.Out()*c.O, r.IntN(9))
		want, scale := naiveConv(&c)
		alone := c
		alone.Run(one)
		first := slices.Clone(c.out())
		for i := range c.out() {
			c.out()[i] = T(math.NaN())
		}
		what := fmt.Sprintf("part %d of %d×%v×%v, %d→%d channels in %d groups", part, c.N, c.H, c.W, c.C, c.O, c.Groups)
		for range 2 {
			c.Run(p)
			eps := 4e-7
			if sizeOf[T]() == 8 {
				eps = 8e-16
			}
			terms := 4 + math.Sqrt(float64(c.N*c.H.Out()*c.W.Out()+c.C*c.H.Size*c.W.Size))
			for i, v := range c.out() {
				if !(math.Abs(float64(v)-want[i]) <= eps*terms*scale[i]) {
					t.Fatalf("%s: element %d is %v, want %v", what, i, v, want[i])
				}
				if v != first[i] {
					t.Fatalf("%s: element %d is %v with several workers, %v with one", what, i, v, first[i])
				}
			}
		}
		if !intact[0]() || !intact[1]() || !intact[2]() {
			t.Fatalf("%s wrote outside of its arrays", what)
		}
	}
}

func TestConv(t *testing.T) { eachPath(t, testConv[float32], testConv[float64]) }

// Row by row of places, also where they are short.
func TestConvInRows(t *testing.T) {
	for _, v := range []*int{&leastPlaces, &leastRun, &leastEven, &leastFew, &leastWeightPlaces, &leastWeightRun, &bandBytes} {
		usual := *v
		defer func() { *v = usual }()
		*v = 1
	}
	bandBytes = 400
	eachPath(t, testConv[float32], testConv[float64])
}

func testConv[T Float](t *testing.T, p *Pool) {
	r := rand.New(rand.NewPCG(1, 2))
	window := func() Window {
		return Window{In: 1 + r.IntN(9), Size: 1 + r.IntN(4), Stride: 1 + r.IntN(3), Dilation: 1 + r.IntN(2), Before: r.IntN(4), After: r.IntN(4)}
	}
	cases := 20
	if raceEnabled {
		cases = 3
	}
	if os.Getenv("LATENT_SWEEP") != "" {
		cases *= 10
	}
	for range cases {
		g := 1 + r.IntN(3)
		in, out := 1+r.IntN(6), 1+r.IntN(6)
		switch r.IntN(6) {
		case 0:
			out = 15 + r.IntN(30)
		case 1:
			in, g = 1, 1
		case 2:
			out, g = 1, 1
		}
		checkConv(t, p, Conv[T]{N: r.IntN(4), C: in * g, O: out * g, Groups: g, H: window(), W: window()}, r)
	}
}

// Sizes that are divided into several blocks in every direction.
func TestConvLarge(t *testing.T) { eachPath(t, testConvLarge[float32], testConvLarge[float64]) }

func testConvLarge[T Float](t *testing.T, p *Pool) {
	r := rand.New(rand.NewPCG(3, 4))
	same := Window{In: 13, Size: 3, Stride: 1, Dilation: 1, Before: 1, After: 1}
	half := Window{In: 14, Size: 3, Stride: 2, Dilation: 1, Before: 1, After: 1}
	for _, c := range []Conv[T]{
		{N: 1, C: 70, O: 37, Groups: 1, H: Window{In: 5, Size: 3, Stride: 1, Dilation: 1, Before: 1, After: 1}, W: same},
		{N: 2, C: 33, O: 35, Groups: 1, H: half, W: half},
		{N: 10, C: 1, O: 32, Groups: 1, H: half, W: same},
		{N: 3, C: 40, O: 40, Groups: 40, H: same, W: half},
		{N: 1, C: 8, O: 80, Groups: 2, H: half, W: half},
		{N: 2, C: 16, O: 12, Groups: 1, H: half, W: half},
		{N: 2, C: 16, O: 24, Groups: 1, H: half, W: Window{In: 14, Size: 2, Stride: 2, Dilation: 1}},
		{N: 2, C: 8, O: 40, Groups: 1, H: same, W: Window{In: 12, Size: 4, Stride: 2, Dilation: 1, Before: 1, After: 1}},
		{N: 2, C: 8, O: 20, Groups: 1, H: same, W: Window{In: 14, Size: 1, Stride: 2, Dilation: 1}},
		{N: 3, C: 4, O: 24, Groups: 1, H: half, W: Window{In: 14, Size: 2, Stride: 2, Dilation: 1}},
		{N: 3, C: 3, O: 24, Groups: 1, H: half, W: half},
		{N: 2, C: 20, O: 2, Groups: 1, H: same, W: same},
		{N: 1, C: 1, O: 2, Groups: 1, H: Window{In: 130, Size: 2, Stride: 1 << 24, Dilation: 3}, W: Window{In: 130, Size: 1, Stride: 1 << 20, Dilation: 1 << 20}},
	} {
		if raceEnabled && c.Groups == 1 {
			continue
		}
		checkConv(t, p, c, r)
	}
}

func TestConvRefuses(t *testing.T) {
	w := Window{In: 3, Size: 2, Stride: 1, Dilation: 1}
	for name, c := range map[string]Conv[float32]{
		"groups":  {N: 1, C: 3, O: 2, Groups: 2, H: w, W: w},
		"window":  {N: 1, C: 1, O: 1, Groups: 1, H: Window{In: 1, Size: 2, Stride: 1, Dilation: 1}, W: w},
		"lengths": {N: 1, C: 1, O: 1, Groups: 1, H: w, W: w, X: make([]float32, 8)},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: accepted", name)
				}
			}()
			c.Run(NewPool(1))
		}()
	}
}
