//go:build !purego

package kernel

// runRuns computes a tile that goes along k in runs.
func (t *tileArgs[T]) runRuns(path Path) {
	single := sizeOf[T]() == 4
	switch {
	case path == AVX512 && t.vecs == 1 && single:
		tile1RF32AVX512(f32(t.a), f32(t.b), f32(t.c), f32(t.src), t.rsa, t.csa, t.jump, t.rsb, t.rsc, t.rss, t.nextA, t.nextC, t.nextSrc, t.runs, t.k, t.rows, t.strips, t.width)
	case path == AVX512 && single:
		tile2RF32AVX512(f32(t.a), f32(t.b), f32(t.c), f32(t.src), t.rsa, t.csa, t.jump, t.rsb, t.rsc, t.rss, t.nextA, t.nextC, t.nextSrc, t.runs, t.k, t.rows, t.strips, t.width)
	case path == AVX512 && t.vecs == 1:
		tile1RF64AVX512(f64(t.a), f64(t.b), f64(t.c), f64(t.src), t.rsa, t.csa, t.jump, t.rsb, t.rsc, t.rss, t.nextA, t.nextC, t.nextSrc, t.runs, t.k, t.rows, t.strips, t.width)
	case path == AVX512:
		tile2RF64AVX512(f64(t.a), f64(t.b), f64(t.c), f64(t.src), t.rsa, t.csa, t.jump, t.rsb, t.rsc, t.rss, t.nextA, t.nextC, t.nextSrc, t.runs, t.k, t.rows, t.strips, t.width)
	case t.vecs == 1 && single:
		tile1RF32AVX2(f32(t.a), f32(t.b), f32(t.c), f32(t.src), t.rsa, t.csa, t.jump, t.rsb, t.rsc, t.rss, t.nextA, t.nextC, t.nextSrc, t.runs, t.k, t.rows, t.strips, t.width)
	case single:
		tile2RF32AVX2(f32(t.a), f32(t.b), f32(t.c), f32(t.src), t.rsa, t.csa, t.jump, t.rsb, t.rsc, t.rss, t.nextA, t.nextC, t.nextSrc, t.runs, t.k, t.rows, t.strips, t.width)
	case t.vecs == 1:
		tile1RF64AVX2(f64(t.a), f64(t.b), f64(t.c), f64(t.src), t.rsa, t.csa, t.jump, t.rsb, t.rsc, t.rss, t.nextA, t.nextC, t.nextSrc, t.runs, t.k, t.rows, t.strips, t.width)
	default:
		tile2RF64AVX2(f64(t.a), f64(t.b), f64(t.c), f64(t.src), t.rsa, t.csa, t.jump, t.rsb, t.rsc, t.rss, t.nextA, t.nextC, t.nextSrc, t.runs, t.k, t.rows, t.strips, t.width)
	}
}
