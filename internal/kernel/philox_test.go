package kernel

import (
	"math"
	"testing"
)

// The known-answer vectors of Random123 1.14, tests/kat_vectors, philox4x32 10.
func TestPhiloxKnownAnswers(t *testing.T) {
	for _, c := range []struct {
		counter [4]uint32
		key     uint64
		want    [4]uint32
	}{
		{[4]uint32{}, 0, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, 0xffffffffffffffff,
			[4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0a4093822,
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := Philox(c.key, c.counter); got != c.want {
			t.Errorf("Philox(%x, %x) = %x, want %x", c.key, c.counter, got, c.want)
		}
	}
}

// The values pin the hash: a seed must mean the same noise for ever.
func TestSiteKeyIsStable(t *testing.T) {
	for _, c := range []struct {
		seed   uint64
		stream uint32
		name   string
		want   uint64
	}{
		{0, 0, "", 0x6246a58789053b93},
		{1, 0, "z", 0xdb7b932f11547c41},
		{42, 1, "encoder/layer0/weight", 0x5d04a3f27a633107},
		{math.MaxUint64, math.MaxUint32, "αβγ", 0x28ed9e30e6b3a8b9},
	} {
		if got := SiteKey(c.seed, c.stream, c.name); got != c.want {
			t.Errorf("SiteKey(%d, %d, %q) = %#x, want %#x", c.seed, c.stream, c.name, got, c.want)
		}
	}
}

func TestSiteKeySpreads(t *testing.T) {
	seen := map[uint64]bool{}
	add := func(k uint64) {
		if seen[k] {
			t.Fatalf("key %#x twice", k)
		}
		seen[k] = true
	}
	for seed := range uint64(30) {
		for stream := range uint32(10) {
			for _, name := range []string{"", "\x00", "\x00\x00", "a", "b", "ab", "ba", "abcdefgh", "abcdefgh\x00", "abcdefghi", "z/0", "z/1"} {
				add(SiteKey(seed, stream, name))
			}
		}
	}
	// Flipping one bit of any input flips about half of the key.
	flipped, n := 0, 0
	for bit := range 64 {
		flipped += ones(SiteKey(7, 3, "latent") ^ SiteKey(7^1<<bit, 3, "latent"))
		n++
	}
	name := []byte("latent variable")
	for i := range name {
		for bit := range 8 {
			name[i] ^= 1 << bit
			flipped += ones(SiteKey(7, 3, "latent variable") ^ SiteKey(7, 3, string(name)))
			name[i] ^= 1 << bit
			n++
		}
	}
	if mean := float64(flipped) / float64(n); math.Abs(mean-32) > 1.5 {
		t.Errorf("a flipped bit flips %.2f bits of the key, want 32", mean)
	}
}

func ones(x uint64) (n int) {
	for ; x != 0; x &= x - 1 {
		n++
	}
	return n
}

func TestSubstream(t *testing.T) {
	n := Noise{Key: SiteKey(1, 0, "gamma"), Step: 5}
	a, b := n.Substream(1, 2, 3), n.Substream(1, 2, 3)
	const count = 20000
	var u, z []float64
	for range count {
		x, y := a.Uniform(), a.Normal()
		if x != b.Uniform() || y != b.Normal() {
			t.Fatal("a sub-stream does not replay")
		}
		u, z = append(u, x), append(z, y)
	}
	checkUniform(t, u)
	checkNormal(t, z)

	seen := map[uint64]bool{}
	for sample := range uint32(5) {
		for row := range uint32(5) {
			for element := range uint32(5) {
				for step := range uint32(5) {
					s := Noise{n.Key, step}.Substream(sample, row, element)
					for range 8 {
						w := s.Uint64()
						if seen[w] {
							t.Fatal("two sub-streams overlap")
						}
						seen[w] = true
					}
				}
			}
		}
	}

	var hist [7]int
	for range 70000 {
		hist[a.Intn(7)]++
	}
	for i, h := range hist {
		if math.Abs(float64(h)-10000) > 500 {
			t.Errorf("Intn(7) = %d came %d times of 70000", i, h)
		}
	}
	mustPanic(t, "kernel: Intn of a number that is not positive", func() { a.Intn(0) })
}
