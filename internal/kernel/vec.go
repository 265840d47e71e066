package kernel

//go:generate go run -C gen ./vec -pkg kernel -out ../vec_amd64.s -stubs ../vec_amd64.go -others ../vec_other.go -calls ../vec_call.go

// chunk is the number of elements that one call of assembly handles at most.
// The scheduler cannot stop a goroutine inside assembly, so this bounds the
// wait of a garbage collection to some ten microseconds: the loops over chunks
// make an ordinary call for each.
const chunk = 16384

// vectors reports whether the vector kernels are in use. Those whose names end
// in AVX2 have no wider form and serve the AVX512 path too; the others choose.
func vectors() bool { return active >= AVX2 }
