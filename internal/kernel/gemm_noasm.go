//go:build !amd64 || purego

package kernel

func geometryOf[T Float]() geometry { return portableGeometry() }

func (t *tileArgs[T]) run(Path) { t.portable() }

func (s *sparseArgs[T]) run(Path) (plain bool) { return s.portable() }

func (d *dotArgs[T]) run(_ Path, n int) { d.portable(n) }

func unpackHalf(_ Path, dst []float32, src []uint16) { unpackHalfPortable(dst, src) }

func transposeWidth[T Float]() int { return 8 }

func packRows[T Float](_ Path, _ int, dst, src []T, ld, k, width, dld int) {
	packRowsPortable(dst, src, ld, k, width, dld)
}

func packColumns[T Float](_ Path, dst, src []T, ld, k, cols, dld int) {
	packColumnsPortable(dst, src, ld, k, cols, dld)
}

func listNonzero[T Float](_ Path, at []int32, to, x []T, used []uint64, p int) int {
	return listPlain(at, to, x, used, p)
}

func fmaRounds[T Float](n int) (flops float64) { return fmaPortable[T](n) }
