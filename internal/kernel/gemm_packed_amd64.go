//go:build !purego

package kernel

// runPacked computes a tile of several packed panels.
func (t *tileArgs[T]) runPacked(path Path) {
	switch single := sizeOf[T]() == 4; {
	case path == AVX512 && t.vecs == 4 && single:
		tile4PF32AVX512(f32(t.a), f32(t.b), f32(t.c), f32(t.src), t.rsa, t.csa, t.panel, t.rsc, t.rss, t.k, t.rows, t.strips, t.width)
	case path == AVX512 && single:
		tile8PF32AVX512(f32(t.a), f32(t.b), f32(t.c), f32(t.src), t.rsa, t.csa, t.panel, t.rsc, t.rss, t.k, t.rows, t.strips, t.width)
	case path == AVX512 && t.vecs == 4:
		tile4PF64AVX512(f64(t.a), f64(t.b), f64(t.c), f64(t.src), t.rsa, t.csa, t.panel, t.rsc, t.rss, t.k, t.rows, t.strips, t.width)
	case path == AVX512:
		tile8PF64AVX512(f64(t.a), f64(t.b), f64(t.c), f64(t.src), t.rsa, t.csa, t.panel, t.rsc, t.rss, t.k, t.rows, t.strips, t.width)
	case t.vecs == 4 && single:
		tile4PF32AVX2(f32(t.a), f32(t.b), f32(t.c), f32(t.src), t.rsa, t.csa, t.panel, t.rsc, t.rss, t.k, t.rows, t.strips, t.width)
	case single:
		tile8PF32AVX2(f32(t.a), f32(t.b), f32(t.c), f32(t.src), t.rsa, t.csa, t.panel, t.rsc, t.rss, t.k, t.rows, t.strips, t.width)
	case t.vecs == 4:
		tile4PF64AVX2(f64(t.a), f64(t.b), f64(t.c), f64(t.src), t.rsa, t.csa, t.panel, t.rsc, t.rss, t.k, t.rows, t.strips, t.width)
	default:
		tile8PF64AVX2(f64(t.a), f64(t.b), f64(t.c), f64(t.src), t.rsa, t.csa, t.panel, t.rsc, t.rss, t.k, t.rows, t.strips, t.width)
	}
}

// runHalf computes a tile of packed panels of F16.
func (t *tileArgs[T]) runHalf(path Path) {
	a, b, c, src := f32(t.a), &t.half[0], f32(t.c), f32(t.src)
	switch wide := path == AVX512; {
	case wide && t.vecs == 1:
		tile1HF32AVX512(a, b, c, src, t.rsa, t.csa, t.panel, t.rsc, t.rss, t.k, t.rows, t.strips, t.width)
	case wide && t.vecs == 2:
		tile2HF32AVX512(a, b, c, src, t.rsa, t.csa, t.panel, t.rsc, t.rss, t.k, t.rows, t.strips, t.width)
	case wide && t.vecs == 4:
		tile4HF32AVX512(a, b, c, src, t.rsa, t.csa, t.panel, t.rsc, t.rss, t.k, t.rows, t.strips, t.width)
	case wide:
		tile8HF32AVX512(a, b, c, src, t.rsa, t.csa, t.panel, t.rsc, t.rss, t.k, t.rows, t.strips, t.width)
	case t.vecs == 1:
		tile1HF32AVX2(a, b, c, src, t.rsa, t.csa, t.panel, t.rsc, t.rss, t.k, t.rows, t.strips, t.width)
	case t.vecs == 2:
		tile2HF32AVX2(a, b, c, src, t.rsa, t.csa, t.panel, t.rsc, t.rss, t.k, t.rows, t.strips, t.width)
	case t.vecs == 4:
		tile4HF32AVX2(a, b, c, src, t.rsa, t.csa, t.panel, t.rsc, t.rss, t.k, t.rows, t.strips, t.width)
	default:
		tile8HF32AVX2(a, b, c, src, t.rsa, t.csa, t.panel, t.rsc, t.rss, t.k, t.rows, t.strips, t.width)
	}
}

// unpackHalf converts numbers of F16, as many as whole vectors have.
func unpackHalf(path Path, dst []float32, src []uint16) {
	switch {
	case len(src) == 0:
	case path == AVX512:
		unpackHalfAVX512(&dst[0], &src[0], len(src))
	case path == AVX2:
		unpackHalfAVX2(&dst[0], &src[0], len(src))
	default:
		unpackHalfPortable(dst, src)
	}
}
