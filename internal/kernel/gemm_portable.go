package kernel

// tileArgs are the arguments of a tile kernel: for each of `strips` strips of
// `rows` rows,
//
//	C[strip, :width] = A[strip, :k]·B[:k, :width] + src[strip, :width],
//
// where nothing is added if src is nil. B is stored in rows of which whole
// vectors may be read, unless vecs is 1.
type tileArgs[T Float] struct {
	vecs            int
	a, b, c, src    []T
	rsa, csa        int
	rsb, rsc, rss   int
	k, rows, strips int
	width           int

	// Of tiles of one vector or two that go along k in runs: how many runs of k columns
	// of A there are, and how far behind where one would go on the next begins. The
	// rows of B go on. From a strip to the next A, C and src move by as much as is said.
	runs, jump            int
	nextA, nextC, nextSrc int

	// Of a B packed beforehand whose tiles are of more than two vectors, or of F16.
	panel int      // elements from a panel to the next; 0: B is not packed
	half  []uint16 // in the place of b

	// The first strips load memory into the second-level cache, each one address
	// for every step along k, which costs nothing beside the products.
	ahead        int // the number of strips that do
	next         []T // what they load
	along, below int // strides of next from a step to the next, and from a strip to the next
}

// dotArgs are the arguments of a dot kernel: for i < rows ≤ 3 and j < n
//
//	C[i, j] = x[i]·y[j] + src[i, j],
//
// where nothing is added if src is nil.
type dotArgs[T Float] struct {
	x, y, c, src       []T
	ldx, ldy           int
	rsc, csc, rss, css int
	k, rows            int
}

// portableGeometry is the shape of the plain Go tiles: two rows.
func portableGeometry() geometry {
	return geometry{path: Portable, lanes: 4, deep: 384, tall: [9]int{1: 2, 2: 2, 4: 2, 8: 1}}
}

// portable computes the tile two rows by four columns at a time, which is what
// sixteen registers hold.
func (t *tileArgs[T]) portable() {
	if t.runs > 0 {
		for i := range t.strips {
			u := *t
			u.strips = 1
			u.a, u.c = t.a[i*t.nextA:], t.c[i*t.nextC:]
			if t.src != nil {
				u.src = t.src[i*t.nextSrc:]
			}
			for run := range t.runs {
				u.runs = 0
				u.portable()
				if run < t.runs-1 {
					u.a, u.b = u.a[u.k*u.csa+u.jump:], u.b[u.k*u.rsb:]
					u.src, u.rss = u.c, u.rsc
				}
			}
		}
		return
	}
	m := t.rows * t.strips
	for j := 0; j < t.width; j += 4 {
		if t.width-j < 4 {
			for i := range m {
				for c := j; c < t.width; c++ {
					t.element(i, c)
				}
			}
			return
		}
		i := 0
		for ; i+2 <= m; i += 2 {
			t.block(i, j)
		}
		if i < m {
			t.line(i, j)
		}
	}
}

// block computes a block of 2×4.
func (t *tileArgs[T]) block(i, j int) {
	var c00, c01, c02, c03, c10, c11, c12, c13 T
	if t.k > 0 {
		a, b := t.a[i*t.rsa:], t.b[j:]
		for p := range t.k {
			q, x, y := b[p*t.rsb:][:4:4], a[p*t.csa], a[p*t.csa+t.rsa]
			c00 += x * q[0]
			c01 += x * q[1]
			c02 += x * q[2]
			c03 += x * q[3]
			c10 += y * q[0]
			c11 += y * q[1]
			c12 += y * q[2]
			c13 += y * q[3]
		}
	}
	t.store4(i, j, c00, c01, c02, c03)
	t.store4(i+1, j, c10, c11, c12, c13)
}

// line computes a row of 4.
func (t *tileArgs[T]) line(i, j int) {
	var c0, c1, c2, c3 T
	if t.k > 0 {
		a, b := t.a[i*t.rsa:], t.b[j:]
		for p := range t.k {
			q, x := b[p*t.rsb:][:4:4], a[p*t.csa]
			c0 += x * q[0]
			c1 += x * q[1]
			c2 += x * q[2]
			c3 += x * q[3]
		}
	}
	t.store4(i, j, c0, c1, c2, c3)
}

func (t *tileArgs[T]) store4(i, j int, c0, c1, c2, c3 T) {
	if t.src != nil {
		s := t.src[i*t.rss+j:][:4]
		c0, c1, c2, c3 = c0+s[0], c1+s[1], c2+s[2], c3+s[3]
	}
	c := t.c[i*t.rsc+j:][:4]
	c[0], c[1], c[2], c[3] = c0, c1, c2, c3
}

// element computes one element at an edge.
func (t *tileArgs[T]) element(i, j int) {
	var sum T
	for p := range t.k {
		sum += t.a[i*t.rsa+p*t.csa] * t.b[p*t.rsb+j]
	}
	if t.src != nil {
		sum += t.src[i*t.rss+j]
	}
	t.c[i*t.rsc+j] = sum
}

// portable computes the dot products with n rows of y.
func (d *dotArgs[T]) portable(n int) {
	for i := range d.rows {
		for j := range n {
			var sum T
			if d.k > 0 {
				sum = dotPortable(d.x[i*d.ldx:][:d.k], d.y[j*d.ldy:][:d.k])
			}
			if d.src != nil {
				sum += d.src[i*d.rss+j*d.css]
			}
			d.c[i*d.rsc+j*d.csc] = sum
		}
	}
}

func dotPortable[T Float](x, y []T) T {
	var s0, s1, s2, s3 T
	i := 0
	for ; i+4 <= len(x); i += 4 {
		p, q := x[i:][:4:4], y[i:][:4:4]
		s0 += p[0] * q[0]
		s1 += p[1] * q[1]
		s2 += p[2] * q[2]
		s3 += p[3] * q[3]
	}
	for ; i < len(x); i++ {
		s0 += x[i] * y[i]
	}
	return (s0 + s1) + (s2 + s3)
}

func packRowsPortable[T Float](dst, src []T, ld, k, width, dld int) {
	for p := range k {
		copy(dst[p*dld:][:width], src[p*ld:][:width])
	}
}

func packColumnsPortable[T Float](dst, src []T, ld, k, cols, dld int) {
	for j := range cols {
		for p, x := range src[j*ld:][:k] {
			dst[p*dld+j] = x
		}
	}
}
