package kernel

import (
	"fmt"
	"math"
)

// PoolPart says what a Pooling computes.
type PoolPart uint8

// The parts: an array Y of steps of the window, of an array X of places, or the
// other way.
const (
	PoolSum       PoolPart = iota // Y: the sums of X
	PoolSpread                    // X: the sums of Y over the windows that cover a place
	PoolMax                       // Y: the largest of X
	PoolMaxSpread                 // Z: like PoolSpread, of the windows in which X is the largest
	PoolMaxPick                   // Y: the mean of Z over the places of a window where X is the largest
)

// Pooling folds the places of pictures that a window covers, channel by channel, or
// spreads numbers over them. X and Z are N×H.In×W.In×C and Y is
// N×H.Out()×W.Out()×C, by rows. Places outside count as zeros in sums and are
// left out of the largest, which is NaN if one of them is. Where several are the
// largest each has an equal share.
type Pooling[T Float] struct {
	Part PoolPart
	N, C int
	H, W Window

	X, Y, Z []T

	parts cut
	ties  []T // of a row of Y in each part
	top   []T // and its largest
}

// Prepare checks the fields and returns the number of parts in which Do does the
// work. The number depends on the shape alone.
func (p *Pooling[T]) Prepare() (parts int) {
	if s := p.H.Check() + p.W.Check(); s != "" || p.N < 0 || p.C < 0 {
		panic(fmt.Sprintf("kernel: Pooling of %d pictures of %d channels %s", p.N, p.C, s))
	}
	x, y := p.N*p.H.In*p.W.In*p.C, p.N*p.H.Out()*p.W.Out()*p.C
	if len(p.Y) != y || p.Part <= PoolMax && len(p.X) != x || p.Part > PoolMax && (len(p.X) != x || len(p.Z) != x) {
		panic(fmt.Sprintf("kernel: Pooling: X, Y and Z have %d, %d and %d elements, want %d, %d and %d", len(p.X), len(p.Y), len(p.Z), x, y, x))
	}
	work := float64(y) * float64(p.H.Size) * float64(p.W.Size)
	want := max(int(min(work/grain*4, 64)), 1)
	switch p.Part {
	case PoolSpread:
		p.parts = cutInto(p.N*p.H.In, want, 1)
	case PoolMaxSpread:
		p.parts = cutInto(p.N, want, 1)
	default:
		p.parts = cutInto(p.N*p.H.Out(), want, 1)
	}
	if p.Part >= PoolMaxSpread {
		p.ties, p.top = make([]T, p.parts.n*p.C), make([]T, p.parts.n*p.C)
	}
	return p.parts.n
}

// Do computes one part; it makes a prepared Pooling a Task.
func (p *Pooling[T]) Do(part, _ int) {
	from, to := p.parts.bounds(part)
	switch p.Part {
	case PoolSpread:
		for row := from; row < to; row++ {
			p.spread(row)
		}
	case PoolMaxSpread:
		size := p.H.In * p.W.In * p.C
		clear(p.Z[from*size : to*size])
		for row := from * p.H.Out(); row < to*p.H.Out(); row++ {
			for w := range p.W.Out() {
				p.share(row, w, part)
			}
		}
	default:
		for row := from; row < to; row++ {
			for w := range p.W.Out() {
				p.fold(row, w, part)
			}
		}
	}
}

// Run computes with the pool's workers.
func (p *Pooling[T]) Run(pool *Pool) { pool.Run(p.Prepare(), p) }

// eachPlace calls f with where the channels begin of each place that the window
// covers at a step.
func (p *Pooling[T]) eachPlace(row, w int, f func(at int)) {
	n, t := row/p.H.Out(), row%p.H.Out()
	for kh := range p.H.Size {
		i, inside := p.H.Place(t, kh)
		for kw := 0; inside && kw < p.W.Size; kw++ {
			if j, inside := p.W.Place(w, kw); inside {
				f(((n*p.H.In+i)*p.W.In + j) * p.C)
			}
		}
	}
}

// fold computes the channels of a step of the window.
func (p *Pooling[T]) fold(row, w, part int) {
	y := p.Y[(row*p.W.Out()+w)*p.C:][:p.C]
	switch p.Part {
	case PoolSum:
		clear(y)
		p.eachPlace(row, w, func(at int) {
			for c, v := range p.X[at:][:p.C] {
				y[c] += v
			}
		})
	case PoolMax:
		p.largest(row, w, y)
	default:
		top, ties := p.ofPart(part)
		p.largest(row, w, top)
		clear(y)
		clear(ties)
		p.eachPlace(row, w, func(at int) {
			z := p.Z[at:][:p.C]
			for c, v := range p.X[at:][:p.C] {
				if v == top[c] {
					y[c] += z[c]
					ties[c]++
				}
			}
		})
		for c, n := range ties {
			if n > 1 {
				y[c] /= n
			}
		}
	}
}

func (p *Pooling[T]) ofPart(part int) (top, ties []T) {
	return p.top[part*p.C:][:p.C], p.ties[part*p.C:][:p.C]
}

// largest writes the largest of a window.
func (p *Pooling[T]) largest(row, w int, y []T) {
	for c := range y {
		y[c] = T(math.Inf(-1))
	}
	p.eachPlace(row, w, func(at int) {
		for c, v := range p.X[at:][:p.C] {
			if v > y[c] || v != v {
				y[c] = v
			}
		}
	})
}

// share adds the number of a step to the places where X is the largest.
func (p *Pooling[T]) share(row, w, part int) {
	top, ties := p.ofPart(part)
	p.largest(row, w, top)
	clear(ties)
	p.eachPlace(row, w, func(at int) {
		for c, v := range p.X[at:][:p.C] {
			if v == top[c] {
				ties[c]++
			}
		}
	})
	y := p.Y[(row*p.W.Out()+w)*p.C:][:p.C]
	p.eachPlace(row, w, func(at int) {
		z := p.Z[at:][:p.C]
		for c, v := range p.X[at:][:p.C] {
			if v == top[c] {
				z[c] += y[c] / ties[c]
			}
		}
	})
}

// spread computes a row of all pictures' rows.
func (p *Pooling[T]) spread(row int) {
	n, h := row/p.H.In, row%p.H.In
	clear(p.X[row*p.W.In*p.C:][:p.W.In*p.C])
	for kh := range p.H.Size {
		t, ok := p.H.Step(h, kh)
		for kw := 0; ok && kw < p.W.Size; kw++ {
			lo, hi := p.W.Steps(kw)
			for w := lo; w < hi; w++ {
				at, _ := p.W.Place(w, kw)
				x := p.X[(row*p.W.In+at)*p.C:][:p.C]
				for c, v := range p.Y[((n*p.H.Out()+t)*p.W.Out()+w)*p.C:][:p.C] {
					x[c] += v
				}
			}
		}
	}
}
