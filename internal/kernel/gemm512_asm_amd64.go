//go:build !purego

package kernel

import "unsafe"

func (t *tileArgs[T]) run512() {
	single := sizeOf[T]() == 4
	switch {
	case t.vecs == 1 && single:
		tile1F32AVX512(f32(t.a), f32(t.b), f32(t.c), f32(t.src), f32(t.next), t.rsa, t.csa, t.rsb, t.rsc, t.rss, t.along, t.below, t.k, t.rows, t.strips, t.width)
	case t.vecs == 2 && single:
		tile2F32AVX512(f32(t.a), f32(t.b), f32(t.c), f32(t.src), f32(t.next), t.rsa, t.csa, t.rsb, t.rsc, t.rss, t.along, t.below, t.k, t.rows, t.strips, t.width)
	case t.vecs == 4 && single:
		tile4F32AVX512(f32(t.a), f32(t.b), f32(t.c), f32(t.src), f32(t.next), t.rsa, t.csa, t.rsb, t.rsc, t.rss, t.along, t.below, t.k, t.rows, t.strips, t.width)
	case single:
		tile8F32AVX512(f32(t.a), f32(t.b), f32(t.c), f32(t.src), f32(t.next), t.rsa, t.csa, t.rsb, t.rsc, t.rss, t.along, t.below, t.k, t.rows, t.strips, t.width)
	case t.vecs == 1:
		tile1F64AVX512(f64(t.a), f64(t.b), f64(t.c), f64(t.src), f64(t.next), t.rsa, t.csa, t.rsb, t.rsc, t.rss, t.along, t.below, t.k, t.rows, t.strips, t.width)
	case t.vecs == 2:
		tile2F64AVX512(f64(t.a), f64(t.b), f64(t.c), f64(t.src), f64(t.next), t.rsa, t.csa, t.rsb, t.rsc, t.rss, t.along, t.below, t.k, t.rows, t.strips, t.width)
	case t.vecs == 4:
		tile4F64AVX512(f64(t.a), f64(t.b), f64(t.c), f64(t.src), f64(t.next), t.rsa, t.csa, t.rsb, t.rsc, t.rss, t.along, t.below, t.k, t.rows, t.strips, t.width)
	default:
		tile8F64AVX512(f64(t.a), f64(t.b), f64(t.c), f64(t.src), f64(t.next), t.rsa, t.csa, t.rsb, t.rsc, t.rss, t.along, t.below, t.k, t.rows, t.strips, t.width)
	}
}

func (s *sparseArgs[T]) run512() (plain bool) {
	switch single := sizeOf[T]() == 4; {
	case s.vecs == 1 && single:
		return sparse1F32AVX512(f32(s.b), f32(s.c), f32(s.src), f32(s.x), &s.at[0], &s.from[0], &s.to[0], s.rsc, s.rss, len(s.from), s.width)
	case s.vecs == 2 && single:
		return sparse2F32AVX512(f32(s.b), f32(s.c), f32(s.src), f32(s.x), &s.at[0], &s.from[0], &s.to[0], s.rsc, s.rss, len(s.from), s.width)
	case s.vecs == 4 && single:
		return sparse4F32AVX512(f32(s.b), f32(s.c), f32(s.src), f32(s.x), &s.at[0], &s.from[0], &s.to[0], s.rsc, s.rss, len(s.from), s.width)
	case single:
		return sparse8F32AVX512(f32(s.b), f32(s.c), f32(s.src), f32(s.x), &s.at[0], &s.from[0], &s.to[0], s.rsc, s.rss, len(s.from), s.width)
	case s.vecs == 1:
		return sparse1F64AVX512(f64(s.b), f64(s.c), f64(s.src), f64(s.x), &s.at[0], &s.from[0], &s.to[0], s.rsc, s.rss, len(s.from), s.width)
	case s.vecs == 2:
		return sparse2F64AVX512(f64(s.b), f64(s.c), f64(s.src), f64(s.x), &s.at[0], &s.from[0], &s.to[0], s.rsc, s.rss, len(s.from), s.width)
	case s.vecs == 4:
		return sparse4F64AVX512(f64(s.b), f64(s.c), f64(s.src), f64(s.x), &s.at[0], &s.from[0], &s.to[0], s.rsc, s.rss, len(s.from), s.width)
	}
	return sparse8F64AVX512(f64(s.b), f64(s.c), f64(s.src), f64(s.x), &s.at[0], &s.from[0], &s.to[0], s.rsc, s.rss, len(s.from), s.width)
}

func (d *dotArgs[T]) run512(n int) {
	x, y, c, src := d.x, d.y, d.c, d.src
	if q := n / 4; q > 0 {
		if sizeOf[T]() == 4 {
			dot4F32AVX512(f32(x), f32(y), f32(c), f32(src), d.ldx, d.ldy, d.rsc, d.csc, d.rss, d.css, d.k, d.rows, q)
		} else {
			dot4F64AVX512(f64(x), f64(y), f64(c), f64(src), d.ldx, d.ldy, d.rsc, d.csc, d.rss, d.css, d.k, d.rows, q)
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
		dot1F32AVX512(f32(x), f32(y), f32(c), f32(src), d.ldx, d.ldy, d.rsc, d.csc, d.rss, d.css, d.k, d.rows, n-done)
	} else {
		dot1F64AVX512(f64(x), f64(y), f64(c), f64(src), d.ldx, d.ldy, d.rsc, d.csc, d.rss, d.css, d.k, d.rows, n-done)
	}
}

func packRows512[T Float](vecs int, dst, src []T, ld, k, width int) {
	switch single := sizeOf[T]() == 4; {
	case vecs == 1 && single:
		pack1F32AVX512(f32(dst), f32(src), ld, k, width)
	case vecs == 2 && single:
		pack2F32AVX512(f32(dst), f32(src), ld, k, width)
	case vecs == 4 && single:
		pack4F32AVX512(f32(dst), f32(src), ld, k, width)
	case single:
		pack8F32AVX512(f32(dst), f32(src), ld, k, width)
	case vecs == 1:
		pack1F64AVX512(f64(dst), f64(src), ld, k, width)
	case vecs == 2:
		pack2F64AVX512(f64(dst), f64(src), ld, k, width)
	case vecs == 4:
		pack4F64AVX512(f64(dst), f64(src), ld, k, width)
	default:
		pack8F64AVX512(f64(dst), f64(src), ld, k, width)
	}
}

// listNonzero is listPlain; p must be a multiple of 8, and used have room for bits up
// to the end of the last vector.
func listNonzero[T Float](path Path, at []int32, to, x []T, used []uint64, p int) int {
	if path == AVX512 && sizeOf[T]() == 4 {
		bits := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(used))), 8*len(used))
		return listF32AVX512(&at[0], f32(to), f32(x), &bits[p/8], len(x))
	}
	return listPlain(at, to, x, used, p)
}
