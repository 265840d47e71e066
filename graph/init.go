package graph

import (
	"math"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"

	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// Init gives a parameter its first values.
type Init interface {
	// Fill writes values of the given shape in row-major order, taking random
	// numbers from r.
	Fill(dst []float64, shape Shape, r Random) error
}

// Random is a source of random numbers that belongs to one parameter. Each call
// of a method gives new ones.
type Random struct{ n *kernel.Noise }

// initStream keeps initial values apart from the noise of programs.
const initStream = math.MaxUint32

func source(seed uint64, name string) Random {
	return Random{&kernel.Noise{Key: kernel.SiteKey(seed, initStream, name)}}
}

// Uniform fills dst from the open interval (lo, hi).
func (r Random) Uniform(dst []float64, lo, hi float64) {
	r.notNil()
	kernel.Uniform(dst, *r.n, 0, 0, 0)
	r.n.Step++
	for i, u := range dst {
		dst[i] = lo + (hi-lo)*u
	}
}

// Normal fills dst with normal numbers of mean 0.
func (r Random) Normal(dst []float64, std float64) {
	r.notNil()
	kernel.Normal(dst, *r.n, 0, 0, 0)
	r.n.Step++
	for i := range dst {
		dst[i] *= std
	}
}

// fans returns the numbers of inputs and outputs of a weight [in,out], or of a
// convolution [height,width,in,out].
func fans(shape Shape) (in, out float64, err error) {
	if len(shape) < 2 {
		return 0, 0, errors.Errorf("initialiser wants rank 2 or more, got shape %v", shape)
	}
	field := 1
	for _, d := range shape[:len(shape)-2] {
		field *= d
	}
	return float64(field * shape[len(shape)-2]), float64(field * shape[len(shape)-1]), nil
}

// Glorot is uniform on ±√(6/(in+out)) (Glorot and Bengio, 2010, eq. 16).
type Glorot struct{}

// Fill implements Init.
func (Glorot) Fill(dst []float64, shape Shape, r Random) error {
	in, out, err := fans(shape)
	lim := math.Sqrt(6 / (in + out))
	r.Uniform(dst, -lim, lim)
	return err
}

// He is normal with variance 2/in (He et al., arXiv 1502.01852, eq. 10), for
// rectifiers.
type He struct{}

// Fill implements Init.
func (He) Fill(dst []float64, shape Shape, r Random) error {
	in, _, err := fans(shape)
	r.Normal(dst, math.Sqrt(2/in))
	return err
}

// LeCun is normal with variance 1/in (LeCun et al., Efficient BackProp, 1998,
// eq. 16).
type LeCun struct{}

// Fill implements Init.
func (LeCun) Fill(dst []float64, shape Shape, r Random) error {
	in, _, err := fans(shape)
	r.Normal(dst, math.Sqrt(1/in))
	return err
}

// Gaussian is normal with mean 0 and the given standard deviation.
type Gaussian struct{ Std float64 }

// Fill implements Init.
func (g Gaussian) Fill(dst []float64, _ Shape, r Random) error {
	if !(g.Std >= 0) || math.IsInf(g.Std, 0) {
		return errors.Errorf("standard deviation %v, want a number not below 0", g.Std)
	}
	r.Normal(dst, g.Std)
	return nil
}

// Constant is the same number everywhere.
type Constant float64

// Fill implements Init.
func (c Constant) Fill(dst []float64, _ Shape, _ Random) error {
	for i := range dst {
		dst[i] = float64(c)
	}
	return nil
}

// Orthogonal has orthonormal rows or columns, whichever are fewer, times Gain:
// the Q of a Gaussian matrix with the signs of R's diagonal taken out (Saxe,
// McClelland and Ganguli, arXiv 1312.6120). Leading axes count as rows.
type Orthogonal struct {
	Gain float64 // 0 means 1
}

// Fill implements Init.
func (o Orthogonal) Fill(dst []float64, shape Shape, r Random) error {
	if len(shape) < 2 || len(dst) == 0 || len(dst) != op.Size(shape) {
		return errors.Errorf("initialiser wants rank 2 or more and no empty axis, got shape %v", shape)
	}
	gain := o.Gain
	if gain == 0 {
		gain = 1
	}
	cols := shape[len(shape)-1]
	rows := len(dst) / cols
	r.Normal(dst, 1)
	long, short := max(rows, cols), min(rows, cols)
	q := blas64.General{Rows: long, Cols: short, Stride: short, Data: make([]float64, len(dst))}
	transpose := func(to, from []float64, rows, cols int) {
		for i, v := range from {
			to[i%cols*rows+i/cols] = v
		}
	}
	if rows < cols {
		transpose(q.Data, dst, rows, cols)
	} else {
		copy(q.Data, dst)
	}
	tau, work := make([]float64, short), make([]float64, 64*short)
	lapack64.Geqrf(q, tau, work, len(work))
	sign := make([]float64, short) // of R's diagonal
	for j := range sign {
		sign[j] = math.Copysign(1, q.Data[j*short+j])
	}
	lapack64.Orgqr(q, tau, work, len(work))
	for i := range q.Data {
		q.Data[i] *= gain * sign[i%short]
	}
	if rows < cols {
		transpose(dst, q.Data, cols, rows)
	} else {
		copy(dst, q.Data)
	}
	return nil
}
