package engine

import (
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

func (l *loopCode[T]) count() int { return l.split.parts }

func (l *loopCode[T]) before() {
	for i := range l.folds {
		l.folds[i].before()
	}
}

func (l *loopCode[T]) after() error {
	for i := range l.folds {
		l.folds[i].after()
	}
	return nil
}

// Do computes one part.
func (l *loopCode[T]) Do(part, worker int) {
	w := &l.scratch[worker]
	r0, r1, c0, c1 := l.split.part(part)
	l.begin(w, part, c1-c0)
	size := 0
	for row := r0; row < r1; row += l.blockRows {
		k := min(l.blockRows, r1-row)
		l.seek(w.coord, row)
		for i := range l.loads {
			if a := &l.loads[i]; a.mode == rowScalar {
				w.scals[a.to] = a.mem[a.at(w.coord)]
			}
		}
		for c := c0; c < c1; c += l.blockCols {
			n := min(l.blockCols, c1-c) * k
			if n != size {
				l.resize(w, n)
				size = n
			}
			l.pointSlots(w, row, k, c, n)
			l.runSteps(w, l.steps, part, row, k, c)
		}
		for i := range l.folds {
			l.folds[i].endRow(w, part, row)
		}
	}
}

// begin prepares a worker for a part of the given number of columns.
func (l *loopCode[T]) begin(w *scratch[T], part, cols int) {
	copy(w.scals[l.loop.scals:], l.imm)
	l.resize(w, min(l.blockCols, cols)*l.blockRows)
	for i := range l.loads {
		switch a := &l.loads[i]; a.mode {
		case loopScalar:
			w.scals[a.to] = a.mem[a.off]
		case copiedOnce:
			l.seek(w.coord, 0)
			l.gather(a, w.coord, w.slots[a.to], l.blockRows, l.cols, 0)
		}
	}
	for i := range l.folds {
		l.folds[i].begin(w, part)
	}
	l.runSteps(w, l.first, part, 0, 0, 0)
}

// resize gives the registers n elements.
func (l *loopCode[T]) resize(w *scratch[T], n int) {
	first := l.slots - l.regs
	for i := range l.regs {
		w.slots[first+i] = w.regs[i*l.span : i*l.span+n]
	}
}

// pointSlots makes each slot of a load or save the slice of memory that the block
// is, and copies what is no such slice to a register.
func (l *loopCode[T]) pointSlots(w *scratch[T], row, rows, c, n int) {
	for i := range l.loads {
		a := &l.loads[i]
		switch a.mode {
		case aliased:
			at := a.off + row*l.cols
			if l.blockRows == 1 {
				at = a.at(w.coord) + c
			}
			w.slots[a.to] = a.mem[at : at+n]
		case gathered:
			l.gather(a, w.coord, w.slots[a.to], rows, n/rows, c)
		}
	}
	for i := range l.saves {
		a := &l.saves[i]
		at := row*l.cols + c
		w.slots[a.to] = a.mem[at : at+n]
	}
}

// seek writes the coordinates of a row.
func (l *loop) seek(coord []int, row int) {
	for i := len(l.outer) - 1; i > 0; i-- {
		coord[i] = row % l.outer[i]
		row /= l.outer[i]
	}
	if len(l.outer) > 0 {
		coord[0] = row
	}
}

// at returns the offset of a row.
func (a *access) at(coord []int) int {
	at := a.off
	for i, s := range a.outer {
		at += coord[i] * s
	}
	return at
}

// gather copies rows of an access, cols elements of each from column c on.
func (l *loopCode[T]) gather(a *boundAccess[T], coord []int, dst []T, rows, cols, c int) {
	var pos [maxAxes]int
	n := copy(pos[:], coord[:len(l.outer)])
	at := a.at(coord) + c*a.inner
	for r := range rows {
		d := dst[r*cols : (r+1)*cols]
		switch a.inner {
		case 0:
			kernel.Fill(d, a.mem[at])
		case 1:
			copy(d, a.mem[at:at+cols])
		default:
			for i, j := 0, at; i < len(d); i, j = i+1, j+a.inner {
				d[i] = a.mem[j]
			}
		}
		for i := n - 1; i >= 0; i-- {
			pos[i]++
			at += a.outer[i]
			if pos[i] < l.outer[i] || i == 0 {
				break
			}
			at -= a.outer[i] * l.outer[i]
			pos[i] = 0
		}
	}
}

// runSteps carries out steps on a block.
func (l *loopCode[T]) runSteps(w *scratch[T], steps []step, part, row, rows, col int) {
	v, k := w.slots, w.scals
	for i := range steps {
		s := &steps[i]
		switch s.code {
		case mapOf:
			kernel.Map(kernel.Unary(s.fn), v[s.dst], v[s.a])
		case zip:
			kernel.Zip(kernel.Binary(s.fn), v[s.dst], v[s.a], v[s.b])
		case zipRight:
			kernel.ZipRight(kernel.Binary(s.fn), v[s.dst], v[s.a], k[s.s])
		case zipLeft:
			kernel.ZipLeft(kernel.Binary(s.fn), v[s.dst], k[s.s], v[s.a])
		case mulAdd:
			kernel.MulAdd(v[s.dst], v[s.a], v[s.b], v[s.c])
		case mulSub:
			kernel.NegMulAdd(v[s.dst], v[s.a], v[s.b], v[s.c])
		case addScale:
			kernel.AddScaled(v[s.dst], v[s.a], k[s.s], v[s.b])
		case affine:
			kernel.Affine(v[s.dst], v[s.a], k[s.s], k[s.t])
		case tanhSlope:
			kernel.TanhGrad(v[s.dst], v[s.a], v[s.b])
		case sigmoidSlope:
			kernel.SigmoidGrad(v[s.dst], v[s.a], v[s.b])
		case bernoulli:
			kernel.LogBernoulli(v[s.dst], v[s.a], v[s.b])
		case bernoulliSlope:
			kernel.BernoulliGrad(v[s.dst], v[s.a], v[s.b], v[s.c])
		case logSoftmaxOf:
			kernel.RowLogSoftmax(v[s.dst], v[s.a], l.cols, k[s.s])
		case softmaxOf:
			kernel.RowSoftmax(v[s.dst], v[s.a], l.cols, k[s.s])
		case where:
			kernel.Where(v[s.dst], v[s.a], v[s.b], v[s.c])
		case leaky:
			kernel.LeakyRelu(v[s.dst], v[s.a], k[s.s])
		case clamp:
			kernel.Clamp(v[s.dst], v[s.a], k[s.s], k[s.t])
		case outside:
			kernel.Outside(v[s.dst], v[s.a], k[s.s], k[s.t])
		case between:
			kernel.Between(v[s.dst], v[s.a], v[s.b], v[s.c], T(1/op.MaxDraw(dtypeOf[T]())))
		case finite:
			isFinite(v[s.dst], v[s.a])
		case ruleOf:
			w.arg[0] = arrayOf(v[s.a], nil)
			s.rule.Eval(arrayOf(v[s.dst], nil), w.arg)
		case move:
			copy(v[s.dst], v[s.a])
		case fill:
			kernel.Fill(v[s.dst], k[s.s])
		case foldOf:
			l.folds[s.dst].block(l, w, v[s.a], part, row, rows, col)
		}
	}
}

func isFinite[T kernel.Float](dst, x []T) {
	for i, v := range x {
		if v*0 == 0 {
			dst[i] = 1
		} else {
			dst[i] = 0
		}
	}
}
