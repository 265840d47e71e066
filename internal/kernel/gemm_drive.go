package kernel

// A view is one product of a batch as the kernels see it: C = A·B + source,
// with the transpositions turned into strides. If the plan says swap, it is the
// transposed product. Elements are X[i*rs + j*cs].
type view[T Float] struct {
	m, n, k  int
	a, b, c  []T
	rsa, csa int
	rsb, csb int
	rsc, csc int
	src      []T // what the first block of k starts from, or nil for zero
	rss, css int
	panels   []T      // of B, if it is packed
	half     []uint16 // likewise, in F16

	besideA, besideB [][]T // in the place of a and b, if not nil
	wideA, wideB     int   // columns of each
}

// view returns the given product of the batch.
func (g *Gemm[T]) view(item int) view[T] {
	v := view[T]{m: g.M, n: g.N, k: g.K, rsa: g.lda(), csa: 1, rsb: g.ldb(), csb: 1, rsc: g.ldc(), csc: 1}
	v.c = g.C[item*g.StrideC:]
	if g.K > 0 && g.BesideA == nil { // otherwise A and B may be anything
		v.a = g.A[item*g.StrideA:]
	}
	if g.K > 0 && g.BesideB == nil {
		v.b = g.B[item*g.StrideB:]
	}
	v.beside(g.BesideA, g.BesideB)
	if g.plan.packed {
		v.panels, v.half = g.Packed.of(item)
	}
	if g.TransA {
		v.rsa, v.csa = v.csa, v.rsa
	}
	if g.TransB {
		v.rsb, v.csb = v.csb, v.rsb
	}
	switch {
	case g.Accumulate:
		v.src, v.rss, v.css = v.c, v.rsc, v.csc
	case g.Bias != nil && !g.plan.biasLater:
		v.src, v.rss, v.css = g.Bias, 0, 1
	}
	if g.plan.swap {
		v.m, v.n = v.n, v.m
		v.a, v.b = v.b, v.a
		v.rsa, v.csa, v.rsb, v.csb = v.csb, v.rsb, v.csa, v.rsa
		v.rsc, v.csc = v.csc, v.rsc
		v.rss, v.css = v.css, v.rss
	}
	return v
}

// tiles computes C[i0:i1, j0:j1] block of k by block of k, each panel by panel:
// a panel of B, in the first-level cache, meets all the rows of A, in the
// second-level one.
func (v *view[T]) tiles(pl *plan, i0, i1, j0, j1 int, tmp, copies []T) {
	src, rss := v.src, v.rss
	for p, kb := 0, 0; p == 0 || p < v.k; p += max(kb, 1) {
		kb = min(pl.kb, v.k-p, v.untilA(p)-p)
		a, csa := tmp, v.csa
		switch {
		case kb == 0:
		case pl.copyA:
			a, csa = copies, v.copyA(copies, i0, i1, p, kb)
		default:
			a = v.fromA(i0, p)
		}
		for j := j0; j < j1; {
			vecs, w := pl.panel(i1-i0, j1-j)
			t := tileArgs[T]{vecs: vecs, a: a, b: tmp, c: v.c[i0*v.rsc+j:],
				rsa: v.rsa, csa: csa, rsb: vecs * pl.lanes, rsc: v.rsc, k: kb, width: w}
			switch {
			case kb == 0:
			case pl.half && pl.direct && pl.path != Portable:
				t.half, t.panel = v.half[v.offset(pl, vecs, p, j):], v.k*2*pl.lanes
			case pl.half:
				v.unpack(pl, vecs, tmp, p, kb, j)
			case pl.packed:
				t.b, t.panel = v.panels[v.offset(pl, vecs, p, j):], v.k*2*pl.lanes
			case pl.direct:
				t.b, t.rsb = v.b[p*v.rsb+j:], v.rsb
			default:
				v.pack(pl, vecs, tmp, p, kb, j, w)
			}
			if src != nil {
				t.src, t.rss = src[i0*rss+j:], rss
			}
			j += w
			m := i1 - i0
			strips := (m + pl.tall[vecs] - 1) / pl.tall[vecs]
			if !pl.direct && vecs == 2 && !pl.half {
				v.prefetch(pl, &t, p, j, j0, j1, strips)
			}
			// Strips as even as can be, the taller ones first.
			low, taller := m/strips, m%strips
			t.runStrips(pl.path, low+1, taller)
			t.runStrips(pl.path, low, strips-taller)
		}
		src, rss = v.c, v.rsc
	}
}

// runStrips computes the next n strips, of as many rows each.
func (t *tileArgs[T]) runStrips(path Path, rows, n int) {
	for t.rows = rows; n > 0; n -= t.strips {
		t.strips = n
		if t.ahead > 0 {
			t.strips = min(n, t.ahead)
		} else {
			t.next, t.along, t.below = t.b, 0, 0
			if t.csa != 1 && len(t.a) > 0 { // stored by columns: the lines of the strip after this
				t.next, t.along, t.below = t.a[min(2*rows*t.rsa, len(t.a))-1:], t.csa, rows*t.rsa
			}
		}
		t.nextA, t.nextC, t.nextSrc = rows*t.rsa, rows*t.rsc, rows*t.rss
		t.run(path)
		t.ahead -= t.strips
		t.a = t.a[min(t.strips*rows*t.rsa, len(t.a)):]
		t.c = t.c[min(t.strips*rows*t.rsc, len(t.c)):]
		if t.src != nil {
			t.src = t.src[min(t.strips*rows*t.rss, len(t.src)):]
		}
		if t.ahead > 0 {
			t.next = t.next[min(t.strips*t.below, len(t.next)):]
		}
	}
}

// prefetch makes a tile load the panel after its own into the cache. That panel
// starts at column j or, beyond j1, in the next block of k.
func (v *view[T]) prefetch(pl *plan, t *tileArgs[T], p, j, j0, j1, strips int) {
	if j >= j1 {
		p, j = p+t.k, j0
	}
	if p >= v.k {
		return
	}
	vecs, w := pl.panel(v.m, j1-j)
	if pl.packed { // each strip a part, since all at once is more than memory gives
		row := vecs * pl.lanes
		t.next, t.ahead = v.panels[v.offset(pl, vecs, p, j)+row-1:], strips
		t.along, t.below = (row+strips-1)/strips, min(pl.kb, v.k-p)*row/strips
		return
	}
	if v.csb == 1 { // the first strip, a row each step; its start is on the line where the last panel ended
		t.next, t.along, t.ahead = v.fromB(p, j+w-1), v.rsb, 1
	} else { // a row each strip
		t.next, t.along, t.below, t.ahead = v.b[p+j*v.csb:], 1, v.csb, w
	}
}

// copyA copies A[i0:i1, p:p+kb], stored by columns, to dst with a stride that
// spreads over the cache, and returns that.
func (v *view[T]) copyA(dst []T, i0, i1, p, kb int) (csa int) {
	rows := i1 - i0
	csa = copyStride(rows)
	for i := range kb {
		copy(dst[i*csa:][:rows], v.a[i0+(p+i)*v.csa:][:rows])
	}
	return csa
}

// copyStride returns an odd multiple of 16, which is 64 or 128 bytes, that is
// at least rows.
func copyStride(rows int) int { return ((rows+15)/16 | 1) * 16 }

// copySize is the room that copyA needs, in elements.
func copySize(rows, kb int) int { return copyStride(rows) * kb }

// panel chooses the next panel of the columns that are left: its vectors and
// its columns.
func (pl *plan) panel(rows, left int) (vecs, width int) {
	l := pl.lanes
	across := pl.direct
	if pl.packed { // as long as the tiles are there
		across = across && rows <= pl.tall[4] && left >= 4*l && pl.path != Portable
	}
	switch {
	case !across && left > l:
		return 2, min(left, 2*l)
	case !across:
		return 1, left
	case rows <= pl.tall[8] && left >= 8*l:
		return 8, 8 * l
	case rows <= pl.tall[4] && left >= 4*l:
		return 4, 4 * l
	case left >= 2*l:
		return 2, 2 * l
	}
	return 1, min(left, l)
}

// pack copies B[p:p+kb, j:j+w] into dst as a panel of whole vectors.
func (v *view[T]) pack(pl *plan, vecs int, dst []T, p, kb, j, w int) {
	ld := vecs * pl.lanes
	if v.csb == 1 {
		packRows(pl.path, vecs, dst, v.fromB(p, j), v.rsb, kb, w, ld)
		return
	}
	at := transposeWidth[T]()
	for s := 0; s < w; s += at {
		packColumns(pl.path, dst[s:], v.b[p*v.rsb+(j+s)*v.csb:], v.csb, kb, min(at, w-s), ld)
	}
}

// dots computes C[i0:i1, j0:j1] by dot products along k, which is contiguous in
// B. Rows of A that are not are gathered first.
func (v *view[T]) dots(pl *plan, i0, i1, j0, j1 int, tmp []T) {
	const (
		xrows      = 3
		cachedRows = 8  // the rows of B that stay in cache for all rows of A
		callRows   = 64 // the rows of B of one call of assembly, whose time they bound
	)
	src, rss, css := v.src, v.rss, v.css
	for p := 0; p == 0 || p < v.k; p += pl.kb {
		kb := min(pl.kb, v.k-p)
		chunk := callRows
		if i1-i0 > xrows && v.csa == 1 {
			chunk = cachedRows
		}
		if v.csa != 1 {
			chunk = j1 - j0
		}
		for jj := j0; jj < j1; jj += chunk {
			for i := i0; i < i1; i += xrows {
				d := dotArgs[T]{rows: min(xrows, i1-i), k: kb, ldx: v.rsa, ldy: v.csb, rsc: v.rsc, csc: v.csc}
				switch {
				case kb == 0:
					d.x = tmp
				case v.csa == 1:
					d.x = v.a[i*v.rsa+p:]
				default:
					d.x, d.ldx = tmp, kb
					for r := range d.rows {
						gather(tmp[r*kb:(r+1)*kb], v.a[(i+r)*v.rsa+p*v.csa:], v.csa)
					}
				}
				for j := jj; j < min(jj+chunk, j1); j += callRows {
					d.y = tmp
					if kb > 0 {
						d.y = v.b[p+j*v.csb:]
					}
					d.c = v.c[i*v.rsc+j*v.csc:]
					if src != nil {
						d.src, d.rss, d.css = src[i*rss+j*css:], rss, css
					}
					d.run(pl.path, min(callRows, jj+chunk-j, j1-j))
				}
			}
		}
		src, rss, css = v.c, v.rsc, v.csc
	}
}

// gather copies every ld-th element of src.
func gather[T Float](dst, src []T, ld int) {
	for i := range dst {
		dst[i] = src[i*ld]
	}
}
