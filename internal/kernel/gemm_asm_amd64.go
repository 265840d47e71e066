//go:build !purego

package kernel

import (
	"fmt"
	"unsafe"
)

func geometryOf[T Float]() geometry {
	switch active {
	case Portable:
		return portableGeometry()
	case AVX512:
		return geometry{path: active, lanes: 64 / sizeOf[T](), deep: 192, tall: tallAVX512}
	}
	return geometry{path: active, lanes: 32 / sizeOf[T](), deep: 384, tall: tallAVX2}
}

// f32 and f64 return where x starts, which is nil for a nil slice.
func f32[T Float](x []T) *float32 { return (*float32)(unsafe.Pointer(unsafe.SliceData(x))) }
func f64[T Float](x []T) *float64 { return (*float64)(unsafe.Pointer(unsafe.SliceData(x))) }

func (t *tileArgs[T]) run(path Path) {
	tall := &tallAVX2
	switch path {
	case Portable:
		t.portable()
		return
	case AVX512:
		tall = &tallAVX512
	}
	if t.rows < 1 || t.rows > tall[t.vecs] {
		panicRows(t.rows, t.vecs)
	}
	switch {
	case t.runs > 0:
		t.runRuns(path)
		return
	case t.half != nil:
		t.runHalf(path)
		return
	case t.panel > 0 && t.vecs > 2:
		t.runPacked(path)
		return
	case path == AVX512:
		t.run512()
		return
	}
	single := sizeOf[T]() == 4
	switch {
	case t.vecs == 1 && single:
		tile1F32AVX2(f32(t.a), f32(t.b), f32(t.c), f32(t.src), f32(t.next), t.rsa, t.csa, t.rsb, t.rsc, t.rss, t.along, t.below, t.k, t.rows, t.strips, t.width)
	case t.vecs == 2 && single:
		tile2F32AVX2(f32(t.a), f32(t.b), f32(t.c), f32(t.src), f32(t.next), t.rsa, t.csa, t.rsb, t.rsc, t.rss, t.along, t.below, t.k, t.rows, t.strips, t.width)
	case t.vecs == 4 && single:
		tile4F32AVX2(f32(t.a), f32(t.b), f32(t.c), f32(t.src), f32(t.next), t.rsa, t.csa, t.rsb, t.rsc, t.rss, t.along, t.below, t.k, t.rows, t.strips, t.width)
	case single:
		tile8F32AVX2(f32(t.a), f32(t.b), f32(t.c), f32(t.src), f32(t.next), t.rsa, t.csa, t.rsb, t.rsc, t.rss, t.along, t.below, t.k, t.rows, t.strips, t.width)
	case t.vecs == 1:
		tile1F64AVX2(f64(t.a), f64(t.b), f64(t.c), f64(t.src), f64(t.next), t.rsa, t.csa, t.rsb, t.rsc, t.rss, t.along, t.below, t.k, t.rows, t.strips, t.width)
	case t.vecs == 2:
		tile2F64AVX2(f64(t.a), f64(t.b), f64(t.c), f64(t.src), f64(t.next), t.rsa, t.csa, t.rsb, t.rsc, t.rss, t.along, t.below, t.k, t.rows, t.strips, t.width)
	case t.vecs == 4:
		tile4F64AVX2(f64(t.a), f64(t.b), f64(t.c), f64(t.src), f64(t.next), t.rsa, t.csa, t.rsb, t.rsc, t.rss, t.along, t.below, t.k, t.rows, t.strips, t.width)
	default:
		tile8F64AVX2(f64(t.a), f64(t.b), f64(t.c), f64(t.src), f64(t.next), t.rsa, t.csa, t.rsb, t.rsc, t.rss, t.along, t.below, t.k, t.rows, t.strips, t.width)
	}
}

//go:noinline
func panicRows(rows, vecs int) {
	panic(fmt.Sprintf("kernel: there is no tile of %d rows of %d vectors", rows, vecs))
}

func (s *sparseArgs[T]) run(path Path) (plain bool) {
	switch path {
	case Portable:
		return s.portable()
	case AVX512:
		return s.run512()
	}
	switch single := sizeOf[T]() == 4; {
	case s.vecs == 1 && single:
		return sparse1F32AVX2(f32(s.b), f32(s.c), f32(s.src), f32(s.x), &s.at[0], &s.from[0], &s.to[0], s.rsc, s.rss, len(s.from), s.width)
	case s.vecs == 2 && single:
		return sparse2F32AVX2(f32(s.b), f32(s.c), f32(s.src), f32(s.x), &s.at[0], &s.from[0], &s.to[0], s.rsc, s.rss, len(s.from), s.width)
	case s.vecs == 4 && single:
		return sparse4F32AVX2(f32(s.b), f32(s.c), f32(s.src), f32(s.x), &s.at[0], &s.from[0], &s.to[0], s.rsc, s.rss, len(s.from), s.width)
	case single:
		return sparse8F32AVX2(f32(s.b), f32(s.c), f32(s.src), f32(s.x), &s.at[0], &s.from[0], &s.to[0], s.rsc, s.rss, len(s.from), s.width)
	case s.vecs == 1:
		return sparse1F64AVX2(f64(s.b), f64(s.c), f64(s.src), f64(s.x), &s.at[0], &s.from[0], &s.to[0], s.rsc, s.rss, len(s.from), s.width)
	case s.vecs == 2:
		return sparse2F64AVX2(f64(s.b), f64(s.c), f64(s.src), f64(s.x), &s.at[0], &s.from[0], &s.to[0], s.rsc, s.rss, len(s.from), s.width)
	case s.vecs == 4:
		return sparse4F64AVX2(f64(s.b), f64(s.c), f64(s.src), f64(s.x), &s.at[0], &s.from[0], &s.to[0], s.rsc, s.rss, len(s.from), s.width)
	}
	return sparse8F64AVX2(f64(s.b), f64(s.c), f64(s.src), f64(s.x), &s.at[0], &s.from[0], &s.to[0], s.rsc, s.rss, len(s.from), s.width)
}

func (d *dotArgs[T]) run(path Path, n int) {
	switch path {
	case Portable:
		d.portable(n)
		return
	case AVX512:
		d.run512(n)
		return
	}
	x, y, c, src := d.x, d.y, d.c, d.src
	if q := n / 4; q > 0 {
		if sizeOf[T]() == 4 {
			dot4F32AVX2(f32(x), f32(y), f32(c), f32(src), d.ldx, d.ldy, d.rsc, d.csc, d.rss, d.css, d.k, d.rows, q)
		} else {
			dot4F64AVX2(f64(x), f64(y), f64(c), f64(src), d.ldx, d.ldy, d.rsc, d.csc, d.rss, d.css, d.k, d.rows, q)
		}
	}
	done := n &^ 3
	if done == n {
		return
	}
	y, c = y[min(done*d.ldy, len(y)):], c[done*d.csc:]
	if src != nil {
		src = src[done*d.css:]
	}
	if sizeOf[T]() == 4 {
		dot1F32AVX2(f32(x), f32(y), f32(c), f32(src), d.ldx, d.ldy, d.rsc, d.csc, d.rss, d.css, d.k, d.rows, n-done)
	} else {
		dot1F64AVX2(f64(x), f64(y), f64(c), f64(src), d.ldx, d.ldy, d.rsc, d.csc, d.rss, d.css, d.k, d.rows, n-done)
	}
}

// transposeWidth is the number of columns that packColumns writes at once.
func transposeWidth[T Float]() int { return 32 / sizeOf[T]() }

// packRows copies k rows of width columns, ld apart, into a panel of vecs
// vectors; it is full if they are more than two.
func packRows[T Float](path Path, vecs int, dst, src []T, ld, k, width, dld int) {
	switch single := sizeOf[T]() == 4; {
	case path == Portable:
		packRowsPortable(dst, src, ld, k, width, dld)
	case path == AVX512:
		packRows512(vecs, dst, src, ld, k, width)
	case vecs == 1 && single:
		pack1F32AVX2(f32(dst), f32(src), ld, k, width)
	case vecs == 2 && single:
		pack2F32AVX2(f32(dst), f32(src), ld, k, width)
	case vecs == 4 && single:
		pack4F32AVX2(f32(dst), f32(src), ld, k, width)
	case single:
		pack8F32AVX2(f32(dst), f32(src), ld, k, width)
	case vecs == 1:
		pack1F64AVX2(f64(dst), f64(src), ld, k, width)
	case vecs == 2:
		pack2F64AVX2(f64(dst), f64(src), ld, k, width)
	case vecs == 4:
		pack4F64AVX2(f64(dst), f64(src), ld, k, width)
	default:
		pack8F64AVX2(f64(dst), f64(src), ld, k, width)
	}
}

// packColumns turns cols rows of length k, ld apart, into columns of a panel
// whose rows are dld apart. AVX-512 has no form of its own.
func packColumns[T Float](path Path, dst, src []T, ld, k, cols, dld int) {
	switch {
	case path == Portable:
		packColumnsPortable(dst, src, ld, k, cols, dld)
	case sizeOf[T]() == 4:
		packTF32AVX2(f32(dst), f32(src), ld, k, cols, dld)
	default:
		packTF64AVX2(f64(dst), f64(src), ld, k, cols, dld)
	}
}

// fmaRounds is fmaPortable on the path in use.
func fmaRounds[T Float](n int) (flops float64) {
	sums := sumsAVX2
	switch single := sizeOf[T]() == 4; {
	case active == Portable:
		return fmaPortable[T](n)
	case active == AVX512 && single:
		sums = sumsAVX512
		fmaF32AVX512(n)
	case active == AVX512:
		sums = sumsAVX512
		fmaF64AVX512(n)
	case single:
		fmaF32AVX2(n)
	default:
		fmaF64AVX2(n)
	}
	return 2 * float64(sums*geometryOf[T]().lanes*n)
}
